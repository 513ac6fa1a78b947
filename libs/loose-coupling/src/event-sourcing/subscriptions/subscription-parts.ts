import type { Clock } from '../../kernel/index.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import type { CheckpointMove, CheckpointStore } from './checkpoint-store.js';
import type { DocumentEditor, DocumentTarget } from './document-batch.js';
import type { ResolvedSubscriptionOptions } from './subscription-options.js';

export interface SubscriptionContext {
  /** From 1; more when the handler has failed for this event before. */
  readonly attempt: number;
  /** Aborted when another process has taken over, or `close()` was called: whatever is begun may be repeated there. */
  readonly signal: AbortSignal;
  /** The read model, where the subscription has one. */
  readonly documents: DocumentEditor;
}

/** Called at least once for every event, in the order of its stream. */
export type SubscriptionHandler = (event: EventEnvelope, context: SubscriptionContext) => Promise<void> | void;

/** An event whose handler has failed for good, with the last error. */
export type ParkedListener = (event: EventEnvelope, error: unknown, subscription: string) => void;

export interface SubscriptionParts {
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly options: ResolvedSubscriptionOptions;
  readonly handler: SubscriptionHandler;
  readonly documents?: DocumentTarget;
  readonly report: FaultReporter;
  readonly onParked: ParkedListener;
  /** Told of each step of a checkpoint. Must not throw. */
  readonly onMoved: (name: string, position: number) => void;
  /** Asked at the end of the feed for what else shall become durable under the checkpoint. Default: nothing. */
  readonly atEnd?: () => Promise<Pick<CheckpointMove, 'documents' | 'notBehind'> | undefined>;
  /** The checkpoint was made before, and is not made again once somebody has deleted it. */
  readonly mustExist?: boolean;
  /** A stored event in today's shape: one, several, or none. */
  readonly upcast: (event: EventEnvelope) => readonly EventEnvelope[] | Promise<readonly EventEnvelope[]>;
  /** Types that `upcast` can make of an event. Default: any. */
  readonly typesOf?: ((event: EventEnvelope) => readonly string[]) | undefined;
}
