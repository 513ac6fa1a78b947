import { UnknownEventBusError } from '../../errors/unknown-event-bus.error.js';
import { UnknownQueueError } from '../../errors/unknown-queue.error.js';
import { UnknownTopicError } from '../../errors/unknown-topic.error.js';
import { QueueMismatchError } from '../../errors/queue-mismatch.error.js';
import { DEFAULT_VISIBILITY } from '../broker-limits.js';
import type { LocalQueueSpecification, LocalRule, LocalSubscription } from '../local-broker.js';
import type { QueueRecord, TopologyDocument } from './topology-document.js';

/** Returns its argument when there is nothing to change. */
export type TopologyChange = (topology: TopologyDocument) => TopologyDocument;

export function withQueue(specification: LocalQueueSpecification, widenOnly: boolean): TopologyChange {
  const { name, fifo = name.endsWith('.fifo') } = specification;
  return (topology) => {
    const existing = topology.queues.find((queue) => queue.name === name);
    if (existing && existing.fifo !== fifo) throw new QueueMismatchError(name, { fifo });
    const id = existing?.id ?? topology.nextQueueId;
    const queue = existing && widenOnly ? widened(existing, specification) : recordOf(id, fifo, specification);
    if (existing && JSON.stringify(existing) === JSON.stringify(queue)) return topology;
    return {
      ...topology,
      nextQueueId: Math.max(topology.nextQueueId, id + 1),
      queues: [...topology.queues.filter((other) => other.id !== id), queue],
    };
  };
}

const recordOf = (id: number, fifo: boolean, specification: LocalQueueSpecification): QueueRecord => ({
  id,
  name: specification.name,
  fifo,
  visibilityTimeout: specification.visibilityTimeout ?? DEFAULT_VISIBILITY,
  maxReceiveCount: specification.maxReceiveCount ?? Number.MAX_SAFE_INTEGER,
  ...(specification.deadLetterQueue !== undefined && { deadLetterQueue: specification.deadLetterQueue }),
});

function widened(existing: QueueRecord, specification: LocalQueueSpecification): QueueRecord {
  const deadLetterQueue = existing.deadLetterQueue ?? specification.deadLetterQueue;
  return {
    ...existing,
    maxReceiveCount: Math.max(existing.maxReceiveCount, specification.maxReceiveCount ?? 0),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
  };
}

export const withoutQueue =
  (name: string): TopologyChange =>
  (topology) => {
    if (!topology.queues.some((queue) => queue.name === name)) return topology;
    const buses = topology.buses.map((bus) => ({
      ...bus,
      rules: bus.rules.map((rule) => ({ ...rule, targets: rule.targets.filter(({ queue }) => queue !== name) })),
    }));
    return {
      ...topology,
      queues: topology.queues.filter((queue) => queue.name !== name),
      subscriptions: topology.subscriptions.filter(({ queue }) => queue !== name),
      buses,
    };
  };

export const withTopic =
  (name: string): TopologyChange =>
  (topology) =>
    topology.topics.includes(name) ? topology : { ...topology, topics: [...topology.topics, name] };

export const withoutTopic =
  (name: string): TopologyChange =>
  (topology) =>
    topology.topics.includes(name)
      ? {
          ...topology,
          topics: topology.topics.filter((topic) => topic !== name),
          subscriptions: topology.subscriptions.filter(({ topic }) => topic !== name),
        }
      : topology;

export const withSubscription =
  (subscription: LocalSubscription): TopologyChange =>
  (topology) => {
    const { topic, queue } = subscription;
    if (!topology.topics.includes(topic)) throw new UnknownTopicError(topic);
    assertQueue(topology, queue);
    const existing = topology.subscriptions.find((other) => other.topic === topic && other.queue === queue);
    if (existing && JSON.stringify(existing) === JSON.stringify(subscription)) return topology;
    return {
      ...topology,
      subscriptions: [...topology.subscriptions.filter((other) => other !== existing), subscription],
    };
  };

export const withoutSubscription =
  ({ topic, queue }: { readonly topic: string; readonly queue: string }): TopologyChange =>
  (topology) => {
    const subscriptions = topology.subscriptions.filter((other) => other.topic !== topic || other.queue !== queue);
    return subscriptions.length === topology.subscriptions.length ? topology : { ...topology, subscriptions };
  };

export const withBus =
  (name: string): TopologyChange =>
  (topology) =>
    topology.buses.some((bus) => bus.name === name)
      ? topology
      : { ...topology, buses: [...topology.buses, { name, rules: [] }] };

export const withRule =
  (busName: string, rule: LocalRule): TopologyChange =>
  (topology) => {
    for (const { queue } of rule.targets) assertQueue(topology, queue);
    return changeRules(topology, busName, (rules) => [...rules.filter(({ name }) => name !== rule.name), rule]);
  };

export const withoutRule =
  (busName: string, ruleName: string): TopologyChange =>
  (topology) =>
    changeRules(topology, busName, (rules) => rules.filter(({ name }) => name !== ruleName));

function changeRules(
  topology: TopologyDocument,
  busName: string,
  change: (rules: readonly LocalRule[]) => readonly LocalRule[],
): TopologyDocument {
  if (!topology.buses.some(({ name }) => name === busName)) throw new UnknownEventBusError(busName);
  const buses = topology.buses.map((bus) => (bus.name === busName ? { ...bus, rules: change(bus.rules) } : bus));
  return { ...topology, buses };
}

function assertQueue(topology: TopologyDocument, name: string): void {
  const names = topology.queues.map((queue) => queue.name);
  if (!names.includes(name)) throw new UnknownQueueError(name, names);
}
