import type { Clock } from '../../kernel/index.js';
import {
  QueueConsumer,
  type ConsumerErrorListener,
  type HandleMessage,
  type MessageQueue,
  type ReceivedMessage,
} from '../../messaging/index.js';
import { BatchQueue, type BatchQueueOptions } from './batch-queue.js';

/** No function runs longer. */
const LONGEST_RUN = 900_000;
/** For handlers to end after their signals were aborted, and for the answer to get out. */
const MARGIN = 2_000;

export interface Batch extends BatchQueueOptions {
  readonly handle: HandleMessage;
  readonly deadLetterQueue: MessageQueue | undefined;
  readonly concurrency: number;
  readonly maxMessageBytes: number;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: number;
  readonly clock: Clock;
  readonly onError: ConsumerErrorListener;
}

/**
 * Takes messages through the engine that also receives from queues, and resolves to those that are to come again.
 * Shortly before Lambda would end the function it aborts the signals of handlers that run, so that at least what is
 * done need not be done again.
 */
export async function runBatch(batch: Batch): Promise<readonly ReceivedMessage[]> {
  const { clock, concurrency, deadLetterQueue, handle, maxMessageBytes, messages, onError, remaining } = batch;
  const queue = new BatchQueue(batch);
  const consumer = new QueueConsumer({
    queue,
    ...(deadLetterQueue && { deadLetterQueue }),
    handle,
    settings: {
      concurrency,
      maxMessageBytes,
      // Lambda has received them, for as long as the function may run.
      heartbeat: false,
      visibilityTimeout: LONGEST_RUN,
      receiveWait: LONGEST_RUN,
      maxReceiveBatch: Math.max(1, messages.length),
    },
    onError,
    clock,
  });
  consumer.start();
  await settledWithin(queue, Math.max(remaining / 2, remaining - MARGIN), clock);
  await consumer.stop({ drainTimeout: 0 });
  return queue.failures;
}

async function settledWithin(queue: BatchQueue, time: number, clock: Clock): Promise<void> {
  let resolve = (): void => undefined;
  const late = new Promise<void>((done) => (resolve = done));
  const timer = clock.setTimer(resolve, time);
  await Promise.race([queue.settled, late]);
  timer.cancel();
}
