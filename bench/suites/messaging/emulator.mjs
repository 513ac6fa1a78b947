import { createRequire } from 'node:module';
import { emulator } from '../../harness/emulator.mjs';

const require = createRequire(new URL('../../../package.json', import.meta.url));
const { SQS } = require('@aws-sdk/client-sqs');

let count = 0;

/** A queue of its own for a case, with what a case does to it. */
export async function openQueue({ fifo = false, visibilityTimeout = 30 } = {}) {
  const { access } = await emulator();
  const sqs = new SQS({ ...access, useQueueUrlAsEndpoint: false });
  count += 1;
  const name = `bench-${process.pid}-${count}${fifo ? '.fifo' : ''}`;
  const { QueueUrl: url } = await sqs.createQueue({
    QueueName: name,
    Attributes: { VisibilityTimeout: String(visibilityTimeout), ...(fifo && { FifoQueue: 'true' }) },
  });
  return {
    name,
    url,
    sqs,
    access,
    async fill(bodies) {
      for (let first = 0; first < bodies.length; first += 10) {
        const Entries = bodies.slice(first, first + 10).map((body, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(body),
          ...(fifo && { MessageGroupId: body.group, MessageDeduplicationId: body.id }),
        }));
        await sqs.sendMessageBatch({ QueueUrl: url, Entries });
      }
    },
    async left() {
      const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] });
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    },
    async close() {
      await sqs.deleteQueue({ QueueUrl: url });
      sqs.destroy();
    },
  };
}
