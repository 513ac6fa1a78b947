import type { QueueSpecification } from '../core/message-transport.js';
import type { RetryPolicy } from '../dispatch/retry-policy.js';
import { queueWithDeadLetters } from '../topology/derive-topology.js';
import { isFifoQueueName } from '../topology/queue-names.js';
import { isAddress } from './sqs-consumer-options.js';
import type { SqsHandlerBinding } from './sqs-handler.explorer.js';

/** The queues of this application among them, with the number of deliveries after which SQS gives a message up. */
export const sqsHandlerQueues = (bindings: readonly SqsHandlerBinding[], retry: RetryPolicy): QueueSpecification[] =>
  bindings
    .filter(({ queue }) => !isAddress(queue))
    .flatMap(({ queue: name, visibilityTimeout }) =>
      queueWithDeadLetters({
        name,
        fifo: isFifoQueueName(name),
        visibilityTimeout,
        maxReceiveCount: retry.maxAttempts,
      }),
    );
