import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { EventPattern } from '../patterns/event-pattern.js';
import type { TransportAdapters } from '../adapters/transport-adapters.js';
import { EMBEDDED_SYSTEMS, type MessagingSystems } from './messaging-systems.js';
import type { EntryResult, MessageQueue, ReceivedMessage } from './message-queue.js';

/** A queue that the application needs, derived from its handlers. */
export interface QueueSpecification {
  readonly name: string;
  readonly fifo: boolean;
  /** Milliseconds a received message stays hidden. */
  readonly visibilityTimeout: number;
  /** Receives after which the queue itself gives a message up to its dead-letter queue; a net under the consumer's own policy. */
  readonly maxReceiveCount: number;
  readonly deadLetterQueue?: string;
}

/** Events of one topic that shall be copied to a queue. */
export interface SubscriptionSpecification {
  readonly topic: string;
  readonly queue: string;
  /** Tested against the event's data; all events when absent. */
  readonly filter?: EventPattern;
}

/** Everything the handlers of one application need from the transport. */
export interface Topology {
  readonly queues: readonly QueueSpecification[];
  /** Topics that are published to or subscribed to: the names of event contracts. */
  readonly topics: readonly { readonly name: string; readonly fifo: boolean }[];
  readonly subscriptions: readonly SubscriptionSpecification[];
  /** Event buses that are put on by name, beside the transport's own. */
  readonly buses?: readonly string[];
}

export interface OutgoingEvent {
  readonly topic: string;
  readonly envelope: MessageEnvelope;
  /** Keeps events with the same `partitionkey` in order, for FIFO topics. */
  readonly fifo: boolean;
  /** Milliseconds to wait before delivery. Default 0. */
  readonly delay?: number;
}

/**
 * Moves messages. Two implementations, held to one conformance suite: the embedded broker, and AWS.
 * `publish` settles each event on its own; what it reports as accepted is delivered at least once.
 */
export abstract class MessageTransport {
  /** Makes what is missing and leaves what is there. Safe when two instances start at once. */
  abstract provision(topology: Topology): Promise<void>;
  abstract publish(events: readonly OutgoingEvent[]): Promise<EntryResult[]>;
  /** The queue of that name. Sending to a queue that was never provisioned fails with `UnknownQueueError`. */
  abstract queue(name: string): MessageQueue;
  /** Removes a queue with its messages and subscriptions. Nothing happens when there is none of that name. */
  abstract deleteQueue(name: string): Promise<void>;
  /** Names of the queues there are. */
  abstract listQueues(): Promise<string[]>;
  /** Ends waiting receives and releases what the transport holds. */
  abstract close(): Promise<void>;
  /**
   * Whether nothing reaches a queue but what its subscriptions ask for. Where filters take time to spread, what came is looked at again.
   */
  get filtersReliably(): boolean {
    return true;
  }
  /** What spans say that messages go over. */
  get systems(): MessagingSystems {
    return EMBEDDED_SYSTEMS;
  }
  /** A received message with its data, where that was left elsewhere. A rejection is a failed attempt. */
  open(message: ReceivedMessage, _signal: AbortSignal): ReceivedMessage | Promise<ReceivedMessage> {
    return message;
  }
  /** Queues, topics and buses as they are. `service` is the source of events that name none. */
  abstract adapters(service: string): TransportAdapters;
  /** Limit of one message, body and attributes, in UTF-8 bytes. */
  abstract readonly maxMessageBytes: number;
}
