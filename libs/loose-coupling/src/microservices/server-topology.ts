import {
  commandQueueTopology,
  isFifoQueueName,
  toEventContract,
  type RetryPolicy,
  type Topology,
} from '../messaging/index.js';
import type { EventHandlers } from './event-handlers.js';

export interface ServerTopologyOptions {
  readonly queue: string;
  readonly visibilityTimeout: number;
  readonly retry: RetryPolicy;
  readonly subscribe: boolean;
}

/** The server's queue with its dead-letter queue, subscribed to the events that its handlers name. */
export function serverTopology(options: ServerTopologyOptions, events: EventHandlers): Topology {
  const { queue, visibilityTimeout, retry, subscribe } = options;
  const fifo = isFifoQueueName(queue);
  const names = subscribe ? events.patterns.filter(isEventName) : [];
  return {
    queues: commandQueueTopology(queue, fifo, visibilityTimeout, retry).queues,
    topics: names.map((name) => ({ name, fifo })),
    subscriptions: names.map((topic) => {
      const filter = events.filterOf(topic);
      return { topic, queue, ...(filter && { filter }) };
    }),
  };
}

/** A pattern such as `{ cmd: 'sum' }` is no topic; it comes straight to the queue. */
function isEventName(pattern: string): boolean {
  try {
    return toEventContract(pattern).name === pattern;
  } catch {
    return false;
  }
}
