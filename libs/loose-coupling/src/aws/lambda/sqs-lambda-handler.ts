import { FaultList } from '../../kernel/index.js';
import type { VisibilityChange } from '../../messaging/index.js';
import { consumerErrorLog } from './consumer-error-log.js';
import { flushOutbox } from './flush-outbox.js';
import { LambdaApplication, type LambdaApplicationSource, type StartedApplication } from './lambda-application.js';
import type { LambdaContext, SqsLambdaEvent, SqsLambdaRecord, SqsLambdaResponse } from './lambda-events.js';
import { queueReceiver, type QueueReceiver } from './queue-receiver.js';
import { receivedRecord } from './received-record.js';
import { remainingTime } from './remaining-time.js';
import { runBatch } from './run-batch.js';

export interface SqsLambdaOptions {
  /** The queue as the application calls it. Default: found by the ARN of the records. */
  readonly queue?: string;
  /** Messages of a batch handled at once. Default: that of the queue's handlers. */
  readonly concurrency?: number;
  /**
   * Tell SQS when a message that failed may come again, so that backoff and `RetryLater` have their way; the function
   * needs `sqs:ChangeMessageVisibility`. Without it, it comes again after the queue's visibility timeout. Default true.
   */
  readonly changeVisibility?: boolean;
}

export type SqsLambdaHandler = (event: SqsLambdaEvent, context?: LambdaContext) => Promise<SqsLambdaResponse>;

/**
 * A Lambda function for an SQS event source, with the handlers of an application whose `consumer.enabled` is `false`.
 * The event source must have `FunctionResponseTypes: ['ReportBatchItemFailures']`: without, Lambda takes messages that
 * failed for done, and they are lost.
 * @example
 * ```ts
 * export const handler = createSqsLambdaHandler(() => NestFactory.createApplicationContext(AppModule));
 * ```
 * @throws {InvalidOptionsError} listing everything that is wrong with the options
 */
export function createSqsLambdaHandler(app: LambdaApplicationSource, options: SqsLambdaOptions = {}): SqsLambdaHandler {
  check(options);
  const application = new LambdaApplication(app);
  return async ({ Records }, context) => {
    const started = await application.started();
    const batches = [...byQueue(Records)].map(([arn, records]) =>
      handleRecords(started, queueReceiver(started, arn, options.queue), records, remainingTime(context), options),
    );
    const failed = (await Promise.all(batches)).flat();
    await flushOutbox(started, remainingTime(context) / 2);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function handleRecords(
  { clock, options: { consumer, logger } }: StartedApplication,
  receiver: QueueReceiver,
  records: readonly SqsLambdaRecord[],
  remaining: number,
  { concurrency = receiver.concurrency, changeVisibility = true }: SqsLambdaOptions,
): Promise<string[]> {
  const onError = consumerErrorLog(logger);
  const returnTo = async (changes: readonly VisibilityChange[]): Promise<void> => {
    const { queue } = receiver;
    try {
      const results = await queue.changeVisibility(changes);
      const failure = results.find((result) => !result.ok);
      if (failure && !failure.ok) throw failure.error;
    } catch (error) {
      logger.warn(`Queue ${queue.name}: messages come again after its visibility timeout: ${String(error)}`);
    }
  };
  const failures = await runBatch({
    source: receiver.queue,
    messages: records.map(receivedRecord),
    returnTo: changeVisibility ? returnTo : undefined,
    handle: receiver.handle,
    deadLetterQueue: receiver.deadLetterQueue,
    concurrency,
    maxMessageBytes: consumer.maxMessageBytes,
    remaining,
    clock,
    onError,
  });
  return failures.map(({ messageId }) => messageId);
}

/** A batch comes from one queue; a test's may not. */
function byQueue(records: readonly SqsLambdaRecord[]): Map<string, SqsLambdaRecord[]> {
  const queues = new Map<string, SqsLambdaRecord[]>();
  for (const record of records) {
    const known = queues.get(record.eventSourceARN);
    if (known) known.push(record);
    else queues.set(record.eventSourceARN, [record]);
  }
  return queues;
}

function check(options: SqsLambdaOptions): void {
  const faults = new FaultList('createSqsLambdaHandler');
  faults.unknownKeys('', options, ['queue', 'concurrency', 'changeVisibility']);
  faults.positiveInteger('concurrency', options.concurrency);
  faults.boolean('changeVisibility', options.changeVisibility);
  const { queue } = options;
  if (queue !== undefined && typeof queue !== 'string') faults.add('queue', 'the name of a queue', queue);
  faults.throwIfAny();
}
