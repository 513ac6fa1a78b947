import type { EntryResult, MessageQueue } from '../core/message-queue.js';
import type { QueueSpecification } from '../core/message-transport.js';
import type { EventPattern } from '../patterns/event-pattern.js';
import type { FilterPolicyScope } from '../patterns/filterable-message.js';

export type LocalQueueSpecification = Pick<QueueSpecification, 'name'> & Partial<QueueSpecification>;

/** Copies messages of a topic to a queue. A queue has one subscription to a topic; making it again replaces it. */
export interface LocalSubscription {
  readonly topic: string;
  readonly queue: string;
  /** SNS filter policy. */
  readonly filterPolicy?: EventPattern;
  /** What the policy looks at. Default 'MessageAttributes'. */
  readonly filterScope?: FilterPolicyScope;
  /** Event pattern for `data` of the CloudEvent in the body; must match in addition to the policy. */
  readonly dataFilter?: EventPattern;
  /** Deliver the message as it was published (true), or inside SNS's notification (the default, as in SNS). */
  readonly raw?: boolean;
}

export interface TopicEntry {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** SNS data types of attributes that are not text, for filter policies: Number, String.Array, Binary. */
  readonly attributeTypes?: Readonly<Record<string, string>>;
  /** Milliseconds. Refused when a subscribed queue is FIFO. */
  readonly delay?: number;
  /** For subscribed FIFO queues. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** A topic entry with its topic. */
export interface Publication extends TopicEntry {
  readonly topic: string;
}

export interface LocalRule {
  /** Unique on its bus; putting it again replaces it. */
  readonly name: string;
  readonly pattern: EventPattern;
  readonly targets: readonly {
    readonly queue: string;
    /** Needed for FIFO queues: the group of everything this rule delivers. */
    readonly groupId?: string;
  }[];
}

export interface LocalBusEntry {
  readonly source: string;
  readonly detailType: string;
  /** A JSON object. */
  readonly detail: object;
  /** Epoch milliseconds. Default: now. */
  readonly time?: number;
  readonly resources?: readonly string[];
}

/**
 * An embedded message broker with the semantics of SQS queues, SNS topics and EventBridge buses. Batches may be larger
 * than on AWS. What is accepted by a publish reaches all queues that match, in one transaction, or none.
 */
export abstract class LocalBroker {
  /**
   * Makes a queue, or gives an existing one these settings. `widenOnly` leaves an existing queue's settings, but for
   * raising its `maxReceiveCount` and adding a dead-letter queue it lacks: for callers that may know less than others.
   * @throws {InvalidOptionsError} for a name or a setting that SQS would refuse
   * @throws {QueueMismatchError} when it is there and of the other kind
   */
  abstract createQueue(specification: LocalQueueSpecification, options?: { widenOnly?: boolean }): Promise<void>;
  /** Removes a queue with its messages, subscriptions and rule targets. Nothing happens when there is none. */
  abstract deleteQueue(name: string): Promise<void>;
  abstract listQueues(): Promise<string[]>;
  /** Its calls fail with `UnknownQueueError` when there is no such queue by then. */
  abstract queue(name: string): MessageQueue;
  /** Removes all messages of a queue, also those in flight. */
  abstract purgeQueue(name: string): Promise<void>;

  abstract createTopic(name: string): Promise<void>;
  abstract deleteTopic(name: string): Promise<void>;
  abstract listTopics(): Promise<string[]>;
  /**
   * @throws {UnknownTopicError}
   * @throws {UnknownQueueError}
   * @throws {InvalidEventPatternError}
   */
  abstract subscribe(subscription: LocalSubscription): Promise<void>;
  abstract unsubscribe(subscription: { readonly topic: string; readonly queue: string }): Promise<void>;
  /** Publishes to several topics, in the order given, in one transaction; each entry has its own fate. */
  abstract publish(publications: readonly Publication[]): Promise<EntryResult<{ messageId: string }>[]>;

  abstract createBus(name: string): Promise<void>;
  /**
   * @throws {UnknownEventBusError}
   * @throws {UnknownQueueError}
   * @throws {InvalidEventPatternError}
   */
  abstract putRule(bus: string, rule: LocalRule): Promise<void>;
  abstract deleteRule(bus: string, rule: string): Promise<void>;
  /** Delivers to the targets of all matching rules, in EventBridge's JSON. */
  abstract putEvents(bus: string, entries: readonly LocalBusEntry[]): Promise<EntryResult<{ eventId: string }>[]>;

  /** Ends waiting receives with empty answers and releases everything. Closing again does nothing. */
  abstract close(): Promise<void>;

  publishToTopic(topic: string, entries: readonly TopicEntry[]): Promise<EntryResult<{ messageId: string }>[]> {
    return this.publish(entries.map((entry) => ({ ...entry, topic })));
  }
}
