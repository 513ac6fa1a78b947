import { FaultList } from '../../kernel/index.js';
import {
  deadLetterQueueName,
  decodeMessage,
  NoHandlerError,
  type HandleMessage,
  type QueueBinding,
  type ReceivedMessage,
} from '../../messaging/index.js';
import { consumerErrorLog } from './consumer-error-log.js';
import { flushOutbox } from './flush-outbox.js';
import { LambdaApplication, type LambdaApplicationSource, type StartedApplication } from './lambda-application.js';
import type { EventBridgeLambdaEvent, LambdaContext } from './lambda-events.js';
import { receivedEvent } from './received-record.js';
import { remainingTime } from './remaining-time.js';
import { runBatch } from './run-batch.js';

export interface EventBridgeLambdaOptions {
  /** Run only the handlers of this queue, as the application calls it. Default: all handlers of the event. */
  readonly queue?: string;
}

export type EventBridgeLambdaHandler = (event: EventBridgeLambdaEvent, context?: LambdaContext) => Promise<void>;

/**
 * A Lambda function as the target of EventBridge rules, with the handlers of an application whose `consumer.enabled` is
 * `false`. It rejects when a handler fails, so that Lambda tries again, by default twice; handlers that have succeeded
 * recognise the repetition by their inbox. What another attempt cannot cure goes to the dead-letter queue.
 * @throws {InvalidOptionsError} listing everything that is wrong with the options
 */
export function createEventBridgeLambdaHandler(
  app: LambdaApplicationSource,
  options: EventBridgeLambdaOptions = {},
): EventBridgeLambdaHandler {
  const faults = new FaultList('createEventBridgeLambdaHandler');
  faults.unknownKeys('', options, ['queue']);
  faults.throwIfAny();
  const application = new LambdaApplication(app);
  return async (event, context) => {
    const started = await application.started();
    const message = receivedEvent(event);
    const bindings = bindingsOf(started, message, options.queue);
    const runs = bindings.map((binding) => handleEvent(started, binding, message, remainingTime(context)));
    const failures = (await Promise.all(runs)).flat();
    await flushOutbox(started, remainingTime(context) / 2);
    if (failures.length > 0) throw failures[0];
  };
}

/** @throws {UnparsableMessageError} @throws {NoHandlerError} */
function bindingsOf({ registry }: StartedApplication, message: ReceivedMessage, queue: string | undefined) {
  const { envelope } = decodeMessage(message.body, message.attributes, message.sentAt);
  const bindings = registry.bindings.filter(
    (binding) => binding.handlers.has(envelope.type) && (queue === undefined || binding.queue === queue),
  );
  if (bindings.length > 0) return bindings;
  const known = registry.bindings.flatMap((binding) => [...binding.handlers.keys()]);
  throw new NoHandlerError(envelope.type, queue ?? 'of the function', known);
}

/** Resolves to the error that the event is to be tried again for, if any. */
async function handleEvent(
  { clock, dispatchers, transport, options: { consumer, logger } }: StartedApplication,
  binding: QueueBinding,
  message: ReceivedMessage,
  remaining: number,
): Promise<unknown[]> {
  let reason: unknown = new Error(
    `The handlers of queue ${binding.queue} were not done before the function's time was up`,
  );
  // The rule may let through more than the subscriptions of the queue would.
  const dispatch = dispatchers.forQueue(binding, false);
  const handle: HandleMessage = async (received, signal) => {
    const outcome = await dispatch(received, signal);
    if ('error' in outcome) reason = outcome.error;
    return outcome;
  };
  const failures = await runBatch({
    source: transport.queue(binding.queue),
    messages: [message],
    returnTo: undefined,
    handle,
    deadLetterQueue: transport.queue(deadLetterQueueName(binding.queue)),
    concurrency: 1,
    maxMessageBytes: consumer.maxMessageBytes,
    remaining,
    clock,
    onError: consumerErrorLog(logger),
  });
  return failures.map(() => reason);
}
