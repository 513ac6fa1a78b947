import type { MessageEnvelope } from '../../messaging/index.js';
import type { UnreadableEventError } from '../errors/unreadable-event.error.js';
import type { ProcessChange } from './process-index.js';

/** A fact to append. Any JSON data; a type needs no registration to be stored. */
export interface EventToAppend<Data = unknown> {
  readonly type: string;
  readonly data: Data;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Version of the data's shape. Default 1. */
  readonly schemaVersion?: number;
  /** UUID. Default: a new one. */
  readonly id?: string;
}

/** A stored fact. */
export interface EventEnvelope<Data = unknown> {
  readonly id: string;
  readonly streamName: string;
  /** Place in its stream, from 1, without gaps. */
  readonly version: number;
  /** Place among all events of the store, growing; gaps are possible. */
  readonly position: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: Data;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}

/** What a writer expects of the stream: its exact version (0: empty), or one of the named conditions. */
export type ExpectedVersion = number | 'any' | 'noStream' | 'streamExists';

/** A message that leaves with a commit, through the outbox. */
export interface OutgoingMessage {
  /** `event`: copied to every subscribed service. `command`: put on one queue. */
  readonly kind: 'event' | 'command';
  /** Topic or queue. */
  readonly destination: string;
  readonly fifo: boolean;
  readonly envelope: MessageEnvelope;
  /** Milliseconds, from the commit. */
  readonly delay?: number;
  /**
   * The stream it tells about: messages of one stream leave in the order they were committed.
   * Default: all streams of the commit.
   */
  readonly streamName?: string;
}

/** Says that a message was handled by a consumer; recorded in the same write as the effect. */
export interface InboxMark {
  readonly consumer: string;
  /** `source/id` of the message. */
  readonly messageId: string;
}

export interface StreamAppend {
  readonly streamName: string;
  readonly events: readonly EventToAppend[];
  /** Default 'any'. */
  readonly expectedVersion?: ExpectedVersion;
}

/** Everything that becomes durable together, or not at all. */
export interface Commit {
  readonly appends: readonly StreamAppend[];
  readonly messages?: readonly OutgoingMessage[];
  /** Default: the mark of the message being handled, when the store is used inside a handler. `null` records none. */
  readonly inbox?: InboxMark | null;
  /** What becomes of the instance of a process manager whose stream it appends to. */
  readonly process?: ProcessChange;
  /** UUID. A commit whose id is already stored succeeds again without effect, so a lost reply can be retried. */
  readonly commitId?: string;
  /** When it happened, epoch milliseconds. Default: now. For events that come from elsewhere; excludes messages and inbox marks. */
  readonly recordedAt?: number;
}

export interface StreamAppendResult {
  /** Version of the stream's last event: what the next append expects. */
  readonly nextExpectedVersion: number;
  /** Position of the last event of this append; absent when nothing was appended. */
  readonly position?: number;
}

export interface AppendOptions {
  readonly expectedVersion?: ExpectedVersion;
  readonly messages?: readonly OutgoingMessage[];
  readonly inbox?: InboxMark | null;
  readonly commitId?: string;
  readonly recordedAt?: number;
}

/** A range of versions, both ends included, read in either direction. */
export interface ReadStreamOptions {
  /** Default 1. */
  readonly fromVersion?: number;
  /** Default: the last. */
  readonly toVersion?: number;
  /** Most events to read. */
  readonly limit?: number;
  /** Default 'forwards'. 'backwards' begins at `toVersion`. */
  readonly direction?: 'forwards' | 'backwards';
}

/** How a stream becomes a state. */
export interface AggregateStreamOptions<State> extends Pick<ReadStreamOptions, 'fromVersion' | 'toVersion'> {
  /** Called once, before the first event. */
  readonly initialState: () => State;
  /** The state after an event. It may change the state it is given and return that. What it throws rejects. */
  readonly evolve: (state: State, event: EventEnvelope) => State;
}

export interface AggregatedStream<State> {
  readonly state: State;
  /** Of the last event that was read: what the next append expects. 0 when there was none. */
  readonly version: number;
}

/** Told of an event that cannot be read, before it comes as it is stored. */
export type OnUnreadable = (event: EventEnvelope, error: UnreadableEventError) => void;

export interface ReadAllOptions {
  /** Events after this position. Default 0: from the beginning. */
  readonly afterPosition?: number;
  readonly limit?: number;
  /**
   * Told of an event that cannot be read, however often that is tried; it then comes as it is stored: encrypted, or
   * without data. Must not throw. Default: reading ends there with `UnreadableEventError`.
   */
  readonly onUnreadable?: OnUnreadable;
}

export interface SubscribeToAllOptions {
  /** Events after this position. Default 0. */
  readonly afterPosition?: number;
  readonly signal?: AbortSignal;
  /**
   * Told of an event that cannot be read, which is then handed over as it is stored. Must not throw. Default: the
   * subscription waits there until the event is mended.
   */
  readonly onUnreadable?: OnUnreadable;
}

export interface EventSubscription {
  /** Stops; resolves when the handler in progress has finished. */
  close(): Promise<void>;
  /** Position of the last event that was handled. */
  readonly position: number;
}

/**
 * An append-only store of event streams with optimistic concurrency.
 * Injectable; `forRoot({ store })` chooses the implementation.
 */
export abstract class EventStore {
  /**
   * Appends to one stream; see `commit` for what else can join.
   * @throws {WrongExpectedVersionError} when the stream is not as expected; nothing was stored
   */
  async appendToStream(
    streamName: string,
    events: readonly EventToAppend[],
    options: AppendOptions = {},
  ): Promise<StreamAppendResult> {
    const { expectedVersion, ...rest } = options;
    const [result] = await this.commit({
      appends: [{ streamName, events, ...(expectedVersion === undefined ? {} : { expectedVersion }) }],
      ...rest,
    });
    return result as StreamAppendResult;
  }

  /**
   * Makes appends to any number of streams, outgoing messages and an inbox mark durable in one transaction.
   * Results are in the order of `appends`.
   * @throws {WrongExpectedVersionError} when a stream is not as expected; nothing was stored
   * @throws {DuplicateMessageError} when the inbox mark is already recorded; nothing was stored
   */
  abstract commit(commit: Commit): Promise<StreamAppendResult[]>;

  /**
   * Events of one stream; none when the stream is unknown.
   * @throws {UnreadableEventError} at an event that was damaged, after those before it
   */
  abstract readStream(streamName: string, options?: ReadStreamOptions): AsyncIterable<EventEnvelope>;

  /**
   * Folds the events of a stream into a state. Several times as fast as `readStream`, which has to hand each event
   * over by itself.
   */
  async aggregateStream<State>(
    streamName: string,
    { initialState, evolve, ...range }: AggregateStreamOptions<State>,
  ): Promise<AggregatedStream<State>> {
    let state = initialState();
    let version = 0;
    for await (const event of this.readStream(streamName, range)) {
      state = evolve(state, event);
      version = event.version;
    }
    return { state, version };
  }

  /**
   * Events of all streams in the order of their positions.
   * @throws {UnreadableEventError} at an event that was damaged, after those before it
   */
  abstract readAll(options?: ReadAllOptions): AsyncIterable<EventEnvelope>;

  /** Where the feed ends: the position of its last event, or more where positions are also given to other things. */
  async lastPosition(): Promise<number> {
    let last = 0;
    for await (const { position } of this.readAll()) last = position;
    return last;
  }

  /**
   * Calls back for every event, stored or to come, one at a time and in order. A handler that throws is called
   * again with the same event, with growing waits, until it succeeds or the subscription is closed.
   */
  abstract subscribeToAll(
    handler: (event: EventEnvelope) => Promise<void> | void,
    options?: SubscribeToAllOptions,
  ): EventSubscription;

  abstract close(): Promise<void>;
}
