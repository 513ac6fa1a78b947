import { deadLetterQueueName } from '../core/dead-letter.js';
import type { QueueSpecification, Topology } from '../core/message-transport.js';
import { DEFAULT_RETRY_POLICY, maxDeliveries, type RetryPolicy } from '../dispatch/retry-policy.js';
import type { DeadLetterBinding, QueueBinding } from './queue-binding.js';
import { isFifoQueueName } from './queue-names.js';

/** What a queue must have; its dead-letter queue comes with it. */
export function queueWithDeadLetters(
  queue: Omit<QueueSpecification, 'deadLetterQueue'>,
): [QueueSpecification, QueueSpecification] {
  const deadLetterQueue = deadLetterQueueName(queue.name);
  // A dead-letter queue has none of its own, so nothing that is in it can get lost or go round.
  return [
    { ...queue, deadLetterQueue },
    { ...queue, name: deadLetterQueue },
  ];
}

const COMMAND_VISIBILITY_TIMEOUT = 30_000;

/**
 * What a command's queue needs when its sender makes it: a receiver that starts later finds it, with what was sent to
 * it in the meantime, and gives it its own settings. `visibilityTimeout`: milliseconds, default 30_000.
 */
export function commandQueueTopology(
  name: string,
  fifo: boolean,
  visibilityTimeout = COMMAND_VISIBILITY_TIMEOUT,
  retry: RetryPolicy = DEFAULT_RETRY_POLICY,
): Topology {
  const maxReceiveCount = maxDeliveries(retry);
  return {
    queues: queueWithDeadLetters({ name, fifo, visibilityTimeout, maxReceiveCount }),
    topics: [],
    subscriptions: [],
  };
}

/** Everything that the bindings of one service need from the transport. */
export function deriveTopology(
  bindings: readonly QueueBinding[],
  deadLetters: readonly DeadLetterBinding[] = [],
): Topology {
  const bound = new Set(bindings.map(({ queue }) => queue));
  const topics = new Map(bindings.flatMap((binding) => binding.topics.map(({ name, fifo }) => [name, { name, fifo }])));
  for (const { responseTopic } of bindings.flatMap(({ handlers }) => [...handlers.values()])) {
    if (responseTopic !== undefined && !topics.has(responseTopic))
      topics.set(responseTopic, { name: responseTopic, fifo: false });
  }
  return {
    queues: [
      ...bindings.flatMap((binding) =>
        queueWithDeadLetters({
          name: binding.queue,
          fifo: binding.fifo,
          visibilityTimeout: binding.visibilityTimeout,
          maxReceiveCount: Math.max(...[...binding.handlers.values()].map(({ retry }) => maxDeliveries(retry))),
        }),
      ),
      // Letters of a queue of another service: only the dead-letter queue is known.
      ...deadLetters
        .filter(({ originalQueue }) => !bound.has(originalQueue))
        .map(({ originalQueue, visibilityTimeout }) => ({
          name: deadLetterQueueName(originalQueue),
          fifo: isFifoQueueName(originalQueue),
          visibilityTimeout,
          maxReceiveCount: Number.MAX_SAFE_INTEGER,
        })),
    ],
    topics: [...topics.values()],
    subscriptions: bindings.flatMap((binding) =>
      binding.topics.map(({ name, filter }) => ({ topic: name, queue: binding.queue, ...(filter && { filter }) })),
    ),
  };
}
