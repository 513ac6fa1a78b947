import type { LocalRule, LocalSubscription } from '../local-broker.js';

/** A queue as the storage knows it. */
export interface QueueRecord {
  /** Never used again, so that messages of a deleted queue cannot come back in one of the same name. */
  readonly id: number;
  readonly name: string;
  readonly fifo: boolean;
  readonly visibilityTimeout: number;
  readonly maxReceiveCount: number;
  readonly deadLetterQueue?: string;
}

/** Everything but messages; JSON, stored as one document. Treated as a value: changes make a new one. */
export interface TopologyDocument {
  readonly nextQueueId: number;
  readonly queues: readonly QueueRecord[];
  readonly topics: readonly string[];
  readonly subscriptions: readonly LocalSubscription[];
  readonly buses: readonly { readonly name: string; readonly rules: readonly LocalRule[] }[];
}

export const EMPTY_TOPOLOGY: TopologyDocument = {
  nextQueueId: 1,
  queues: [],
  topics: [],
  subscriptions: [],
  buses: [],
};
