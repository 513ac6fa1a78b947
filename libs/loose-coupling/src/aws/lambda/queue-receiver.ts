import { InvalidOptionsError } from '../../kernel/index.js';
import { deadLetterQueueName, type HandleMessage, type MessageQueue } from '../../messaging/index.js';
import { parseArn } from '../topology/resource-names.js';
import type { AwsTransport } from '../transport/aws-transport.js';
import type { StartedApplication } from './lambda-application.js';

/** What takes the messages of one queue. */
export interface QueueReceiver {
  readonly queue: MessageQueue;
  readonly deadLetterQueue: MessageQueue | undefined;
  readonly handle: HandleMessage;
  readonly concurrency: number;
}

/**
 * The receiver of the queue with this ARN; or of `queue`, as the application calls it, whatever the ARN.
 * @throws {InvalidOptionsError} when no handler of the application receives from it
 */
export function queueReceiver(app: StartedApplication, arn: string, queue: string | undefined): QueueReceiver {
  const { registry, transport, dispatchers } = app;
  const name = parseArn(arn).resource;
  const isMeant = (logical: string): boolean =>
    queue === undefined ? physicalName(app, logical) === name : logical === queue;
  const binding = registry.bindings.find((each) => isMeant(each.queue));
  if (binding) {
    return {
      queue: transport.queue(binding.queue),
      deadLetterQueue: transport.queue(deadLetterQueueName(binding.queue)),
      handle: dispatchers.forQueue(binding),
      concurrency: binding.concurrency,
    };
  }
  const letters = registry.deadLetterBindings.find((each) => isMeant(deadLetterQueueName(each.originalQueue)));
  if (letters) {
    return {
      queue: transport.queue(deadLetterQueueName(letters.originalQueue)),
      deadLetterQueue: undefined,
      handle: dispatchers.forDeadLetters(letters),
      concurrency: letters.concurrency,
    };
  }
  const known = registry.bindings.map((each) => physicalName(app, each.queue)).join(', ') || 'none';
  throw new InvalidOptionsError('createSqsLambdaHandler', [
    `queue: no handler receives from "${queue ?? name}"; queues with handlers are ${known}. ` +
      'Check `service` and `transport.prefix`, or name the queue with the option `queue`',
  ]);
}

/** On the embedded broker, as in tests, a queue has one name only. */
const physicalName = ({ transport }: StartedApplication, queue: string): string =>
  (transport as Partial<AwsTransport>).physicalQueueName?.(queue) ?? queue;
