import type { SubscriptionSpecification, Topology } from '../../messaging/index.js';

/** How one event reaches one queue. */
export interface EventRoute extends SubscriptionSpecification {
  readonly by: 'topic' | 'rule';
  readonly fifo: boolean;
}

/** EventBridge keeps no order, so ordered events take topics also where there is a bus. */
export const goesOverBus = (fifo: boolean, eventBus: string | undefined): eventBus is string =>
  eventBus !== undefined && !fifo;

export function routesOf({ subscriptions, topics }: Topology, eventBus: string | undefined): EventRoute[] {
  const fifo = new Set(topics.filter((topic) => topic.fifo).map(({ name }) => name));
  return subscriptions.map((subscription) => {
    const ordered = fifo.has(subscription.topic) || subscription.queue.endsWith('.fifo');
    return { ...subscription, fifo: ordered, by: goesOverBus(ordered, eventBus) ? 'rule' : 'topic' };
  });
}
