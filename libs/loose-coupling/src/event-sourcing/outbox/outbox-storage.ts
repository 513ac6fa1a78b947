import type { MessageEnvelope } from '../../messaging/index.js';
import type { OutgoingMessage } from '../core/event-store.js';

/** A committed message that has not left yet. */
export interface OutboxEntry {
  /** Grows in the order of the commits. */
  readonly id: number;
  readonly kind: OutgoingMessage['kind'];
  /** Topic or queue. */
  readonly destination: string;
  readonly fifo: boolean;
  readonly envelope: MessageEnvelope;
  /** Epoch milliseconds before which it shall not be delivered. */
  readonly dueAt?: number;
  /** Entries that share a lane leave one after another. */
  readonly lanes: readonly string[];
}

/** A message that was set aside, and why. */
export interface ParkedMessage extends OutboxEntry {
  readonly reason: string;
}

/** The right to publish, held by one relay of all that share the storage. */
export interface OutboxLease {
  readonly holder: string;
  /** Grows each time the lease changes hands; what a former holder still writes is refused. */
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** What became of entries. */
export interface OutboxSettlement {
  readonly published: readonly number[];
  readonly parked: readonly { readonly id: number; readonly reason: string }[];
}

/** Where committed messages wait; filled by the event store, in the transaction of the commit. */
export interface OutboxStorage {
  /**
   * Takes the lease when it is free or expired, or prolongs ours if nobody else has had it since; otherwise gives the
   * one that is in force.
   */
  acquire(holder: string, duration: number): Promise<OutboxLease>;
  /** @throws {OutboxLeaseLostError} */
  renew(lease: OutboxLease, duration: number): Promise<OutboxLease>;
  release(lease: OutboxLease): Promise<void>;

  /** Entries that are not parked, after an id, in order. */
  pending(afterId: number, limit: number): Promise<OutboxEntry[]>;
  /** Lanes of the parked entries, which later entries must not overtake. */
  parkedLanes(): Promise<readonly string[]>;
  /**
   * Removes what was published, sets aside what is parked.
   * @throws {OutboxLeaseLostError} when another relay has taken over; nothing was changed
   */
  settle(lease: OutboxLease, settlement: OutboxSettlement): Promise<void>;

  /** Id of the last entry that was ever committed; 0 when there was none. */
  lastId(): Promise<number>;
  /** Entries that are not parked, up to an id. Default: all. */
  countPending(throughId?: number): Promise<number>;
  parked(): Promise<ParkedMessage[]>;
  /** Makes parked entries pending again, in their old places. Resolves to their number. */
  unpark(): Promise<number>;
  /** How often `unpark` was called, by whomever. When it has grown, entries before a reader's place may be pending. */
  unparkings(): Promise<number>;

  /** Calls back when there may be something new to publish. Returns how to stop. */
  listen(listener: () => void): () => void;
}
