import { UnknownEventBusError } from '../../errors/unknown-event-bus.error.js';
import { UnknownQueueError } from '../../errors/unknown-queue.error.js';
import { UnknownTopicError } from '../../errors/unknown-topic.error.js';
import { compilePattern } from '../../patterns/compile-pattern.js';
import type { CompiledPattern } from '../../patterns/event-pattern.js';
import type { LocalRule } from '../local-broker.js';
import { compileSubscription, type CompiledSubscription } from './compile-subscription.js';
import type { QueueRecord, TopologyDocument } from './topology-document.js';

export interface CompiledRule {
  readonly targets: LocalRule['targets'];
  readonly matches: CompiledPattern;
}

/** One version of the topology, prepared for looking up; filters are compiled when first used. */
export class BrokerTopology {
  private readonly queues: ReadonlyMap<string, QueueRecord>;
  private readonly deadLetterQueues: ReadonlySet<string | undefined>;
  private readonly subscriptions = new Map<string, readonly CompiledSubscription[]>();
  private readonly rules = new Map<string, readonly CompiledRule[]>();

  constructor(
    readonly version: number,
    readonly document: TopologyDocument,
  ) {
    this.queues = new Map(document.queues.map((queue) => [queue.name, queue]));
    this.deadLetterQueues = new Set(document.queues.map((queue) => queue.deadLetterQueue));
  }

  get queueNames(): string[] {
    return [...this.queues.keys()];
  }

  /** @throws {UnknownQueueError} */
  queue(name: string): QueueRecord {
    const queue = this.queues.get(name);
    if (!queue) throw new UnknownQueueError(name, this.queueNames);
    return queue;
  }

  /** Where messages of a queue go that were received too often; none when it has no such queue. */
  deadLetterQueueOf(queue: QueueRecord): QueueRecord | undefined {
    const target = queue.deadLetterQueue === undefined ? undefined : this.queues.get(queue.deadLetterQueue);
    return target?.fifo === queue.fifo ? target : undefined;
  }

  isDeadLetterQueue(queue: QueueRecord): boolean {
    return this.deadLetterQueues.has(queue.name);
  }

  /** @throws {UnknownTopicError} */
  subscriptionsOf(topic: string): readonly CompiledSubscription[] {
    let compiled = this.subscriptions.get(topic);
    if (!compiled) {
      if (!this.document.topics.includes(topic)) throw new UnknownTopicError(topic);
      compiled = this.document.subscriptions.filter((each) => each.topic === topic).map(compileSubscription);
      this.subscriptions.set(topic, compiled);
    }
    return compiled;
  }

  /** @throws {UnknownEventBusError} */
  rulesOf(busName: string): readonly CompiledRule[] {
    let compiled = this.rules.get(busName);
    if (!compiled) {
      const bus = this.document.buses.find(({ name }) => name === busName);
      if (!bus) throw new UnknownEventBusError(busName);
      compiled = bus.rules.map(({ targets, pattern }) => ({ targets, matches: compilePattern(pattern) }));
      this.rules.set(busName, compiled);
    }
    return compiled;
  }
}
