import { randomUUID } from 'node:crypto';
import { AwsTransport } from 'nestjs-loose-coupling/aws';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(30_000);

describeOnAws('the header of X-Ray', (aws) => {
  it('goes with a message through SQS', async () => {
    const { endpoint, region, credentials } = aws();
    const transport = new AwsTransport({
      type: 'aws',
      service: 'test',
      prefix: `t${randomUUID().slice(0, 8)}`,
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
    await queue.send([{ body: 'one', traceHeader }]);
    const [message] = await queue.receive({ max: 1, wait: 5_000, visibilityTimeout: 30_000 });
    expect(message).toMatchObject({ body: 'one', traceHeader });
    await transport.close();
  });
});
