import type { InputOf, MessageContract } from '../contracts/message-contract.js';
import type { OnEventOptions } from '../decorators/handler-options.js';
import type { MessageContext } from '../dispatch/message-context.js';

/** Options of one message. */
export interface PublishOptions {
  /** Id of the message, unique in this service: a duplicate is recognised by it. Default: a new UUIDv7. */
  readonly id?: string;
  /** Default: that of the message being handled, else the message's own id. */
  readonly correlationId?: string;
  /** Partition key. Default: what the contract's `key` makes of the data. */
  readonly key?: string;
  /** Default: that of the message being handled. */
  readonly tenantId?: string;
  /** Milliseconds until it can be received. Default 0. Not for ordered contracts. */
  readonly delay?: number;
  /** Tells the handler by `context.idempotencyKey` of which effect this is, where it may be asked for again under another `id`. Default: none. */
  readonly idempotencyKey?: string;
}

/** One message of `publishAll`. */
export interface EventToPublish<Event extends MessageContract | string = MessageContract | string> {
  readonly event: Event;
  readonly data: Event extends MessageContract ? InputOf<Event> : unknown;
  readonly options?: PublishOptions;
}

/** What the transport accepted. */
export interface SentMessage {
  /** Id of the message's envelope. */
  readonly id: string;
}

export interface RequestOptions extends Omit<PublishOptions, 'delay'> {
  /** Milliseconds to wait for the reply. Default 30_000. */
  readonly timeout?: number;
  /** Ends the wait; the request rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** When a scheduled message is delivered. */
export type ScheduleOptions = Omit<PublishOptions, 'delay'> &
  ({ readonly at: Date | number } | { /** Milliseconds from now. */ readonly delay: number });

export type SubscribeOptions = OnEventOptions;

/** A handler that was registered at run time. */
export interface Subscription {
  /** The queue it receives from. */
  readonly queue: string;
  /** Stops receiving, waits for what is being handled, and deletes the queue if it had no name of its own. */
  close(): Promise<void>;
}

/**
 * Sends messages. Inside a handler, what is sent carries the correlation of the message being handled.
 * Every method rejects with `InvalidMessageDataError` when the data fails the contract's schema, before anything is sent.
 */
export abstract class MessageBus {
  /** Publishes an event to everyone who subscribed. Resolves once the transport has accepted it. */
  abstract publish<Input>(
    event: MessageContract<unknown, unknown, Input> | string,
    data: NoInfer<Input>,
    options?: PublishOptions,
  ): Promise<SentMessage>;

  /**
   * Publishes many events at once, in their order; every one is validated before the first is sent.
   * @throws {PublishFailedError} when some were not accepted; it says which, and the others were
   */
  abstract publishAll<Events extends readonly (MessageContract | string)[]>(
    events: readonly [...{ [Index in keyof Events]: EventToPublish<Events[Index]> }],
  ): Promise<SentMessage[]>;

  /** Sends a command to its queue, which is made if its receiver never started, so that nothing sent is lost. */
  abstract send<Input>(
    command: MessageContract<unknown, unknown, Input>,
    data: NoInfer<Input>,
    options?: PublishOptions,
  ): Promise<SentMessage>;

  /**
   * Sends a command and waits for the reply.
   * @throws {RequestTimeoutError} when none came in time; the request may still have been carried out
   * @throws {RemoteError} when the handler failed
   */
  abstract request<Input, Reply>(
    command: MessageContract<unknown, Reply, Input>,
    data: NoInfer<Input>,
    options?: RequestOptions,
  ): Promise<Reply>;

  /** Sends an event or command that is delivered later. */
  abstract schedule<Input>(
    message: MessageContract<unknown, unknown, Input>,
    data: NoInfer<Input>,
    when: ScheduleOptions,
  ): Promise<SentMessage>;

  /**
   * Registers a handler at run time. Without `options.queue` the subscription has a queue of its own, named
   * `<service>-<event>-<subscription id>` and deleted on close, at the latest with the application; with it, the queue stays and
   * keeps receiving.
   */
  abstract subscribe<Data>(
    event: MessageContract<Data> | string,
    handler: (data: NoInfer<Data>, context: MessageContext) => unknown,
    options?: SubscribeOptions,
  ): Promise<Subscription>;
}
