import type { FaultList } from '../../kernel/index.js';
import { queueNameFault } from '../topology/queue-names.js';

/** A queue that `@SqsMessageHandler` classes receive from. */
export interface SqsConsumerOptions {
  /** As the decorators of its handlers have it. */
  readonly name: string;
  /** Name of a queue of this application (a prefix is added), or a URL or ARN, taken as it is. */
  readonly queue: string;
  /** Messages in handlers at once. Default: `consumer.concurrency`. */
  readonly concurrency?: number;
  /**
   * Milliseconds that a message is hidden from others; extended while its handler runs. After a failure it comes again when
   * they have passed. Default: `consumer.visibilityTimeout`.
   */
  readonly visibilityTimeout?: number;
}

const KNOWN = ['name', 'queue', 'concurrency', 'visibilityTimeout'];

/** A queue of somebody else: nothing is made for it. */
export const isAddress = (queue: string): boolean => /^(?:https?:\/\/|arn:)/.test(queue);

export function checkSqsConsumers(given: unknown, faults: FaultList): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) {
    faults.add('sqsConsumers', 'a list of consumers', given);
    return;
  }
  const names = new Set<unknown>();
  for (const [index, consumer] of given.entries()) {
    const path = `sqsConsumers[${index}]`;
    if (typeof consumer !== 'object' || consumer === null) {
      faults.add(path, 'an object', consumer);
      continue;
    }
    const { name, queue, concurrency, visibilityTimeout } = consumer as Record<keyof SqsConsumerOptions, unknown>;
    faults.unknownKeys(path, consumer as object, KNOWN);
    if (typeof name !== 'string' || name === '') faults.add(`${path}.name`, 'the name that its handler has', name);
    else if (names.has(name)) faults.say(`${path}.name: there is another consumer called "${name}"`);
    names.add(name);
    const fault =
      typeof queue === 'string' ? isAddress(queue) || queueNameFault(queue) : 'the name, URL or ARN of a queue';
    if (typeof fault === 'string') faults.add(`${path}.queue`, fault, queue);
    faults.positiveInteger(`${path}.concurrency`, concurrency);
    faults.positiveInteger(`${path}.visibilityTimeout`, visibilityTimeout);
  }
}
