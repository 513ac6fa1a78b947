import type { EntryResult } from '../core/message-queue.js';

/** One event of a bus. */
export interface EventBridgeEntry {
  /** At most 128 characters; longer ones AWS drops without a word, so they are refused here. */
  readonly detailType: string;
  /** A JSON object. */
  readonly detail: object;
  /** Default: the service's name. Must not begin with `aws.`. */
  readonly source?: string;
  /** Default: the transport's `eventBus`, else `default`. A name of this application (a prefix is added), or an ARN. */
  readonly eventBus?: string;
  /** Epoch milliseconds. Default: when it arrives. */
  readonly time?: number;
  readonly resources?: readonly string[];
}

export interface EventBridgePut {
  readonly eventId: string;
}

/** One bus, as `@InjectEventBus('shop')` gives it. */
export interface EventBridgeBus {
  readonly name: string;
  putEvents(entries: readonly EventBridgeEntry[]): Promise<EntryResult<EventBridgePut>[]>;
}

/** Puts events on buses as they are: no contract, no envelope. On the local transport, on the buses of the embedded broker. */
export abstract class EventBridgeAdapter {
  /**
   * Any number of events, in calls as large as EventBridge takes. Each has a result of its own, in the order given; nothing
   * is thrown for an entry.
   */
  abstract putEvents(entries: readonly EventBridgeEntry[]): Promise<EntryResult<EventBridgePut>[]>;
  /** The same over a connection of the option `aws.connections`. */
  abstract on(connection: string): EventBridgeAdapter;

  bus(name: string): EventBridgeBus {
    return { name, putEvents: (entries) => this.putEvents(entries.map((entry) => ({ eventBus: name, ...entry }))) };
  }
}
