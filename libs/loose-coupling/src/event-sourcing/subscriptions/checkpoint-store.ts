import type { DocumentChange, DocumentStore } from './document-store.js';

/** How far a named reader of the feed has come, and which process may move it on. */
export interface Checkpoint {
  readonly name: string;
  /** Everything up to here was handled, or parked. */
  readonly position: number;
  /** When the event at `position` was recorded, epoch milliseconds; 0 before the first. */
  readonly recordedAt: number;
  readonly holder: string;
  /** Grows each time the checkpoint changes hands; what a former holder still writes is refused. */
  readonly epoch: number;
  /** Epoch milliseconds until which the holder keeps it. */
  readonly expiresAt: number;
  /** Differs after each request to replay parked events. */
  readonly replays: string;
}

/** An event that was set aside: its handler failed, or it follows one in its stream whose handler did. */
export interface ParkedEvent {
  readonly position: number;
  readonly streamName: string;
  readonly version: number;
  readonly eventId: string;
  readonly type: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
  /** Somebody asked for another try. */
  readonly due: boolean;
}

/** Which parked events are asked for. */
export interface ParkedRange {
  /** Those after this position. Default 0: from the first. */
  readonly afterPosition?: number;
  /** How many at most. Default: all. */
  readonly limit?: number;
}

/** One step forward, with everything that must become durable together with it. */
export interface CheckpointMove {
  /** Where the checkpoint stood when the step was worked out. */
  readonly from: number;
  readonly to: number;
  /** Of the event at `to`. Default: unchanged. */
  readonly recordedAt?: number;
  /** Added, or written anew. */
  readonly parked?: readonly ParkedEvent[];
  /** Positions of events that are parked no longer. */
  readonly unparked?: readonly number[];
  readonly documents?: readonly DocumentChange[];
  /** Name of another checkpoint: the step is refused when that one has come further than `to`. */
  readonly notBehind?: string;
}

/**
 * Where readers of the feed keep their places. Injectable; it lies where the events lie, so that on SQLite and
 * DynamoDB a place moves in the same transaction as the read model.
 */
export abstract class CheckpointStore {
  /** The read models that move with checkpoints. */
  abstract readonly documents: DocumentStore;

  /** Undefined when nobody has held it yet. */
  abstract read(name: string): Promise<Checkpoint | undefined>;

  /**
   * Takes the checkpoint for `duration` milliseconds when it is free or expired, or prolongs ours if nobody else has
   * had it since; otherwise gives it as somebody else holds it. A new one begins after `from`. Default 0.
   */
  abstract acquire(name: string, holder: string, duration: number, from?: number): Promise<Checkpoint>;

  /** @throws {CheckpointLostError} */
  abstract renew(lease: Checkpoint, duration: number): Promise<Checkpoint>;

  /** Lets others take it at once. */
  abstract release(lease: Checkpoint): Promise<void>;

  /**
   * Makes a step durable, all of it or nothing.
   * @throws {CheckpointLostError} when another process holds the checkpoint, or it is not at `from`
   * @throws {DocumentConflictError} when a document was changed since it was read
   * @throws {CheckpointBehindError} when `notBehind` has come further
   */
  abstract move(lease: Checkpoint, move: CheckpointMove): Promise<Checkpoint>;

  /** Whether one move can carry so much. */
  abstract fits(move: Pick<CheckpointMove, 'parked' | 'documents'>): boolean;

  /** In the order of their positions. */
  abstract parked(name: string, range?: ParkedRange): Promise<ParkedEvent[]>;

  abstract countParked(name: string): Promise<number>;

  /** Asks the holder, once, to try parked events again: of one stream, of some, or of all. Resolves to their number. */
  abstract replayParked(name: string, streams?: string | ReadonlySet<string>): Promise<number>;

  /** Forgets a checkpoint and what is parked under it; who holds it loses it. */
  abstract delete(name: string): Promise<void>;
}

/** Whether a stream is among those that are asked for, by default all. */
export const isStreamAmong = (streamName: string, streams: string | ReadonlySet<string> | undefined): boolean =>
  streams === undefined || (typeof streams === 'string' ? streamName === streams : streams.has(streamName));

/** A checkpoint that nobody has held yet. */
export const newCheckpoint = (name: string, from: number): Checkpoint => ({
  name,
  position: from,
  recordedAt: 0,
  holder: '',
  epoch: 0,
  expiresAt: 0,
  replays: '',
});
