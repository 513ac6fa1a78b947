import { join, parse } from 'node:path';
import { InvalidOptionsError, type Clock } from '../kernel/index.js';
import { resolveDataFile } from '../sqlite/index.js';
import type { EventStore } from './core/event-store.js';
import type { FaultReporter } from './core/fault-reporter.js';
import type { EventSourcingOptions } from './event-sourcing-options.js';
import type { ProcessIndex } from './core/process-index.js';
import type { Inbox } from './inbox/inbox.js';
import type { DataKeyStore } from './personal-data/data-key-store.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import type { OutboxStorage } from './outbox/outbox-storage.js';
import type { SnapshotStore } from './snapshots/snapshot-store.js';
import { MemoryDataKeyStore } from './personal-data/memory-data-key-store.js';
import { PersonalDataProtection } from './personal-data/personal-data-protection.js';
import { SqliteDataKeyStore } from './personal-data/sqlite-data-key-store.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';
import type { CheckpointStore } from './subscriptions/checkpoint-store.js';

/** An event store with its outbox, inbox and checkpoints, which share its transactions. */
export interface EventSourcingStores {
  readonly events: EventStore;
  readonly outbox: OutboxStorage;
  readonly inbox: Inbox;
  /** Absent in a store that does not list process managers; they are refused then. */
  readonly processes?: ProcessIndex;
  readonly checkpoints: CheckpointStore;
  readonly snapshots: SnapshotStore;
  /** Absent when the options do not ask for it. */
  readonly personalData?: PersonalDataProtection;
}

/** Injection token of `EventSourcingStores`; another implementation is provided in its place. */
export const EVENT_SOURCING_STORES = 'nestjs-loose-coupling:event-sourcing-stores';

/**
 * Opens the embedded stores; the one on DynamoDB is opened by whoever may load the AWS SDK.
 * @throws {InvalidOptionsError} for a store that is not embedded
 */
export function createStores(options: EventSourcingOptions, clock: Clock, report: FaultReporter): EventSourcingStores {
  const { store, inbox } = options;
  if (store.type === 'dynamodb') {
    throw new InvalidOptionsError('store', ["type 'dynamodb' is opened by LooseCouplingModule only"]);
  }
  const personalData =
    options.personalData && new PersonalDataProtection(options.personalData, () => keyStoreOf(options), clock);
  const sealer = personalData?.events();
  const common = {
    clock,
    report,
    ...(inbox?.retention !== undefined && { inboxRetention: inbox.retention }),
    ...(sealer && { protection: sealer }),
  };
  const events =
    store.type === 'memory'
      ? new MemoryEventStore(common)
      : new SqliteEventStore({
          ...common,
          file: resolveDataFile(fileOf(options)),
          ...(store.synchronous && { synchronous: store.synchronous }),
        });
  return {
    events,
    outbox: events.outbox,
    inbox: events.inbox,
    processes: events.processes,
    checkpoints: events.checkpoints,
    snapshots: personalData && sealer ? personalData.snapshots(events.snapshots, events, sealer) : events.snapshots,
    ...(personalData && { personalData }),
  };
}

const fileOf = ({ store, service }: EventSourcingOptions): string =>
  (store.type === 'sqlite' ? store.file : undefined) ?? `${service}.db`;

/** In a file of their own, so that a backup of the events does not hold what makes them readable. */
function keyStoreOf(options: EventSourcingOptions): DataKeyStore {
  if (options.store.type === 'memory') return new MemoryDataKeyStore();
  const file = fileOf(options);
  return new SqliteDataKeyStore({ file: resolveDataFile(file === ':memory:' ? file : keyFileOf(file)) });
}

/** `order.db` → `order-keys.db` */
const keyFileOf = (file: string): string => {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-keys${ext}`);
};
