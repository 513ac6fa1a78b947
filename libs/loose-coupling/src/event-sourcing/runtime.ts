/** The part that loads without @nestjs/cqrs: what the root module composes. */
export {
  EventStore,
  type AggregatedStream,
  type AggregateStreamOptions,
  type AppendOptions,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type EventToAppend,
  type ExpectedVersion,
  type InboxMark,
  type OnUnreadable,
  type OutgoingMessage,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppend,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from './core/event-store.js';
export type { EventProtection } from './core/event-protection.js';
export type { FaultReporter } from './core/fault-reporter.js';
export type { OpenProcess, PendingDeadline, ProcessChange, ProcessIndex, ProcessKey } from './core/process-index.js';
export { currentHandlerRun, HandlerRun } from './core/handler-run.js';

export {
  EVENT_SOURCING_OPTIONS,
  validateEventSourcingOptions,
  type EventSourcingOptions,
  type InboxOptions,
  type StoreOptions,
} from './event-sourcing-options.js';
export { createStores } from './create-stores.js';
export { EVENT_SOURCING_STORES, type EventSourcingStores } from './event-sourcing-stores.js';
export { eventSourcingExports, eventSourcingProviders } from './event-sourcing.providers.js';
export type { AggregateType, Feature } from './feature/aggregate-feature.token.js';
export { createFeatureProviders, type EventSourcingFeatureOptions } from './feature/create-feature-providers.js';

export { EventType, type EventClass, type EventTypeOptions } from './event-types/event-type.decorator.js';
export { EventTypeRegistry } from './event-types/event-type.registry.js';

export { EventUpcasters } from './upcasting/event-upcasters.js';
export { defineUpcaster, Upcaster, type UpcasterClass } from './upcasting/upcaster.decorator.js';
export type {
  EventUpcaster,
  RawEvent,
  StoredName,
  UpcastEvent,
  UpcasterFunction,
  UpcasterOptions,
  UpcastResult,
  UpcastStep,
} from './upcasting/upcaster.js';

export { SnapshotStore, type Snapshot } from './snapshots/snapshot-store.js';
export type { SinceSnapshot, SnapshotOptions } from './snapshots/snapshot-policy.js';
export { Snapshots } from './snapshots/snapshots.js';
export { DataSubjects, SUBJECT_FORGOTTEN } from './personal-data/data-subjects.js';
export type { DataSubjectsParts, ForgottenListener, SubjectForgotten } from './personal-data/data-subjects.js';
export type { DataKeyRecord, DataKeyStore, StoredDataKey, WrappedKey } from './personal-data/data-key-store.js';
export { DataKeys, type DataKeysOptions } from './personal-data/data-keys.js';
export { EventSealer, type EventSealerParts, type StreamPlace } from './personal-data/event-sealer.js';
export { ForgottenData, isForgotten, orElse, type Forgettable } from './personal-data/forgotten-data.js';
export type { KeyEncryption } from './personal-data/key-encryption.js';
export { LocalKeyEncryption } from './personal-data/local-key-encryption.js';
export { MemoryDataKeyStore } from './personal-data/memory-data-key-store.js';
export { PersonalData, type PersonalDataMark } from './personal-data/personal-data.decorator.js';
export type { PersonalDataOptions } from './personal-data/personal-data-options.js';
export { PersonalDataProtection } from './personal-data/personal-data-protection.js';
export { PersonalDataRules } from './personal-data/personal-data-rules.js';
export type { RotationOptions, RotationProgress } from './personal-data/rotate-keys.js';
export { SqliteDataKeyStore } from './personal-data/sqlite-data-key-store.js';
export type { SubjectId } from './personal-data/subject-id.js';

export { ConcurrencyRetry } from './commands/concurrency-retry.decorator.js';
export { IdempotentCommand, type IdempotentCommandOptions } from './commands/idempotent-command.decorator.js';
export type { RetryOptions } from './commands/retry-conflicts.js';

export {
  SCENARIO,
  type PlayedMessage,
  type PlayedScenario,
  type ScenarioSubject,
} from './scenario/scenario-subject.js';
export type { ScenarioEvent } from './scenario/scenario-event.js';
export {
  processScenarioOf,
  ProcessScenarioSubject,
  type PlayedProcess,
  type ProcessStep,
} from './process-manager/process-scenario.js';
export { projectionScenarioOf, ProjectionScenarioSubject } from './projections/projection-scenario.js';

export { outgoing, type Decider, type DeciderEvent, type DeciderOptions } from './decider/decider.js';
export {
  DeciderRepository,
  type DecidedState,
  type DeciderExecuteOptions,
  type DeciderResult,
} from './decider/decider-repository.js';
export { getDeciderToken, InjectDecider } from './decider/decider.feature.js';
export { defineDecider, type DefinedDecider } from './decider/define-decider.js';
export { withAllTenants } from './tenancy/all-tenants.js';
export { isTenant, withTenant } from './tenancy/tenant.js';
export type { TenancyOptions } from './tenancy/tenancy-options.js';
export { composeStores, type StoreOpeners } from './compose-stores.js';
export type { OpenedStore } from './opened-store.js';
export { InvalidTenantError } from './errors/invalid-tenant.error.js';
export { MissingTenantError } from './errors/missing-tenant.error.js';

export { Inbox } from './inbox/inbox.js';
export { InboxMiddleware } from './inbox/inbox.middleware.js';
export { Outbox } from './outbox/outbox.js';
export { OutboxRelay, type OutboxRelayParts } from './outbox/outbox-relay.js';
export type { OutboxRelayOptions } from './outbox/outbox-relay-options.js';
export type {
  OutboxEntry,
  OutboxLease,
  OutboxSettlement,
  OutboxStorage,
  ParkedMessage,
} from './outbox/outbox-storage.js';
export { OutgoingMessageFactory, type OutgoingMessageOptions } from './outbox/outgoing-message.factory.js';

export {
  ContinuedBy,
  OnDeadline,
  StartedBy,
  type ContinuedByOptions,
  type Correlate,
  type DeadlineDecorator,
  type InputDecorator,
} from './process-manager/process-handler.decorators.js';
export { ProcessManager, type ProcessManagerOptions } from './process-manager/process-manager.decorator.js';
export type { ProcessManagerClass } from './process-manager/process-manager-model.js';
export { ProcessManagers, type ProcessView } from './process-manager/process-managers.js';
export type { StuckQuery } from './process-manager/stuck-query.js';
export type { DeadlineTime, Process } from './process-manager/process.js';

export { MemoryEventStore, type MemoryEventStoreOptions } from './memory/memory-event-store.js';
export { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite/sqlite-event-store.js';
export { SqliteInlineProjection } from './sqlite/sqlite-inline-projection.js';
export type { SqliteDatabase } from '../sqlite/index.js';

export {
  CheckpointStore,
  isStreamAmong,
  newCheckpoint,
  type Checkpoint,
  type CheckpointMove,
  type ParkedEvent,
  type ParkedRange,
} from './subscriptions/checkpoint-store.js';
export {
  DocumentStore,
  listChanges,
  type DocumentChange,
  type DocumentLists,
  type ListCursor,
  type ListOptions,
  type StoredDocument,
} from './subscriptions/document-store.js';

export { On, type ProjectionContext } from './projections/on.decorator.js';
export { Projection, type ProjectionOptions } from './projections/projection.decorator.js';
export type { ProjectionBuild } from './projections/projection-builds.js';
export {
  Projections,
  type BuildStatus,
  type ProjectionReference,
  type ProjectionsParts,
  type ProjectionStatus,
} from './projections/projections.js';
export { ReadModel, type DocumentPage, type ListedDocument } from './projections/read-model.js';
export type { ProjectionTarget, WaitOptions } from './projections/wait-for-projection.js';
export type { DocumentEditor, DocumentTarget } from './subscriptions/document-batch.js';
export { PersistentSubscription } from './subscriptions/persistent-subscription.js';
export {
  PersistentSubscriptions,
  type PersistentSubscriptionsParts,
} from './subscriptions/persistent-subscriptions.js';
export type { SubscriptionLag } from './subscriptions/subscription-lag.js';
export type { PersistentSubscriptionOptions, SubscriptionRetryOptions } from './subscriptions/subscription-options.js';
export type { ParkedListener, SubscriptionContext, SubscriptionHandler } from './subscriptions/subscription-parts.js';

export { copyEventStore, type CopyEventStoreOptions, type CopyProgress } from './copy/copy-event-store.js';
export { AggregateNotFoundError } from './errors/aggregate-not-found.error.js';
export { CheckpointBehindError } from './errors/checkpoint-behind.error.js';
export { CheckpointLostError } from './errors/checkpoint-lost.error.js';
export { CommandWithoutIdError } from './errors/command-without-id.error.js';
export { CopyMismatchError } from './errors/copy-mismatch.error.js';
export { DetachedAggregateError } from './errors/detached-aggregate.error.js';
export { DocumentConflictError } from './errors/document-conflict.error.js';
export { DuplicateEventError } from './errors/duplicate-event.error.js';
export { DuplicateMessageError } from './errors/duplicate-message.error.js';
export { FailedAfterCommitError } from './errors/failed-after-commit.error.js';
export { InvalidCommitError } from './errors/invalid-commit.error.js';
export { OutboxLeaseLostError } from './errors/outbox-lease-lost.error.js';
export { ProcessNotStartedError } from './errors/process-not-started.error.js';
export { ProcessUsageError } from './errors/process-usage.error.js';
export { ProjectionTimeoutError } from './errors/projection-timeout.error.js';
export { DamagedDataKeyError } from './errors/damaged-data-key.error.js';
export { DataKeyUnavailableError } from './errors/data-key-unavailable.error.js';
export { SubjectForgottenError } from './errors/subject-forgotten.error.js';
export { TamperedDataError } from './errors/tampered-data.error.js';
export { SecondCommitError } from './errors/second-commit.error.js';
export { TooManyChangesError } from './errors/too-many-changes.error.js';
export { UnknownProcessError } from './errors/unknown-process.error.js';
export { UnknownEventTypeError } from './errors/unknown-event-type.error.js';
export { UpcastFailedError } from './errors/upcast-failed.error.js';
export { UnknownProjectionError } from './errors/unknown-projection.error.js';
export { UnreadableEventError } from './errors/unreadable-event.error.js';
export { UnstorableDataError } from './errors/unstorable-data.error.js';
export { WrongExpectedVersionError } from './errors/wrong-expected-version.error.js';

export * from './store-kit.js';
