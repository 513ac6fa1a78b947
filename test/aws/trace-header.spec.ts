import { randomUUID } from 'node:crypto';
import { SQS } from '@aws-sdk/client-sqs';
import { AwsTransport } from 'nestjs-loose-coupling/aws';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(30_000);

describeOnAws('the header of X-Ray', (aws) => {
  // Neither emulator keeps what SendMessageBatch sends of it: that it is sent shows the unit test of `SqsEntrySender`.
  it('is read from what somebody else has sent', async () => {
    const { endpoint, region, credentials } = aws();
    const prefix = `t${randomUUID().slice(0, 8)}`;
    const transport = new AwsTransport({
      type: 'aws',
      service: 'test',
      prefix,
      provision: 'create',
      aws: { endpoint, region, credentials },
    });
    const name = 'traced';
    await transport.provision({
      queues: [{ name, fifo: false, visibilityTimeout: 30_000, maxReceiveCount: 3 }],
      topics: [],
      subscriptions: [],
    });
    const queue = transport.queue(name);
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const sdk = new SQS({ endpoint, region, credentials });
    const { QueueUrl } = await sdk.getQueueUrl({ QueueName: `${prefix}-${name}` });
    await sdk.sendMessage({
      QueueUrl,
      MessageBody: 'one',
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
    });
    const [message] = await queue.receive({ max: 1, wait: 5_000, visibilityTimeout: 30_000 });
    expect(message).toMatchObject({ body: 'one', traceHeader });
    sdk.destroy();
    await transport.close();
  });
});
