import type { QueueDepth, ReceivedMessage } from '../core/message-queue.js';
import type { Receipt } from './receipt.js';
import type { QueueRecord, TopologyDocument } from './topology/topology-document.js';

/** A message that passed all checks. Times are epoch milliseconds, whole. */
export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  /** Frozen; may be shared between messages. */
  readonly attributes: Readonly<Record<string, string>>;
  /** On FIFO queues always, on others never. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sentAt: number;
  readonly visibleAt: number;
  /** From then on it is no longer handed out. */
  readonly expiresAt: number;
}

export interface StorageReceive {
  readonly queue: QueueRecord;
  readonly max: number;
  readonly now: number;
  readonly visibleAt: number;
  /** Where messages go that have been received `queue.maxReceiveCount` times. */
  readonly deadLetter?: { readonly queue: QueueRecord; readonly expiresAt: number };
}

export interface StorageReceived {
  readonly messages: ReceivedMessage[];
  /** Messages that went to the dead-letter queue instead. */
  readonly moved: number;
}

export interface StorageVisibilityChange {
  readonly now: number;
  readonly visibleAt: number;
  /** The receive does not count. Saying so twice is as saying it once. */
  readonly unhandled?: boolean;
}

export type VisibilityOutcome = 'changed' | 'expired' | 'tooLong';

/**
 * Where an embedded broker keeps its messages and its topology. Synchronous: a call is over before anything else of
 * this process runs. It knows queues and messages only; routing, checks and waiting are the broker's.
 */
export interface BrokerStorage {
  /** Whether a commit costs so much that those of one turn of the event loop should share it. */
  readonly commitsAreDear: boolean;
  /** All of `work`, or nothing when it throws. */
  transaction<Result>(work: () => Result): Result;

  /** Grows with each change, whichever process makes it. */
  topologyVersion(): number;
  loadTopology(): TopologyDocument;
  saveTopology(topology: TopologyDocument): void;

  /** @returns the id of the message; that of the first one when it is a duplicate, which is not stored */
  insert(queue: QueueRecord, message: NewMessage): string;
  receive(request: StorageReceive): StorageReceived;
  /** @returns whether the receipt was the message's latest */
  delete(queue: QueueRecord, receipt: Receipt): boolean;
  changeVisibility(queue: QueueRecord, receipt: Receipt, change: StorageVisibilityChange): VisibilityOutcome;
  depth(queue: QueueRecord, now: number): QueueDepth;
  /** When the next message can be received: in the past when one can be now. */
  nextDue(queue: QueueRecord): number | undefined;
  purge(queue: QueueRecord): void;
  /** Removes all traces of a queue. */
  drop(queue: QueueRecord): void;

  /** Tells other processes that there may be something to receive. */
  ring(): void;
  /** Calls back when another process rang, and now and then in case that was not heard, until the returned function is called. */
  listen(heard: () => void): () => void;
  close(): void;
}
