import { FaultList } from '../../kernel/index.js';
import { FIFO_SUFFIX, MAX_VISIBILITY, QUEUE_NAME } from './broker-limits.js';
import type { LocalQueueSpecification } from './local-broker.js';

const NAME_RULE = '1 to 80 letters, digits, "-" or "_", and ".fifo" at the end of FIFO queues only';

/** @throws {InvalidOptionsError} listing everything that SQS would refuse */
export function checkQueueSpecification(specification: LocalQueueSpecification): void {
  const { name, fifo, visibilityTimeout, maxReceiveCount, deadLetterQueue } = specification;
  const faults = new FaultList(`Queue "${name}"`);
  if (!QUEUE_NAME.test(name)) faults.add('name', NAME_RULE, name);
  const fifoByName = name.endsWith(FIFO_SUFFIX);
  if (fifo !== undefined && fifo !== fifoByName) {
    faults.add('fifo', `${fifoByName}, as the name says (FIFO queues end in ".fifo")`, fifo);
  }
  faults.duration('visibilityTimeout', visibilityTimeout);
  if (visibilityTimeout !== undefined && visibilityTimeout > MAX_VISIBILITY) {
    faults.add('visibilityTimeout', `at most ${MAX_VISIBILITY} ms (12 hours)`, visibilityTimeout);
  }
  faults.positiveInteger('maxReceiveCount', maxReceiveCount);
  if (deadLetterQueue !== undefined) {
    if (deadLetterQueue === name) faults.say('deadLetterQueue: a queue cannot be its own dead-letter queue');
    if (!QUEUE_NAME.test(deadLetterQueue)) faults.add('deadLetterQueue', NAME_RULE, deadLetterQueue);
    else if (deadLetterQueue.endsWith(FIFO_SUFFIX) !== fifoByName) {
      faults.add(
        'deadLetterQueue',
        `a ${fifoByName ? 'FIFO' : 'standard'} queue, as the queue itself is`,
        deadLetterQueue,
      );
    }
  }
  faults.throwIfAny();
}
