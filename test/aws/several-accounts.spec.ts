import { randomUUID } from 'node:crypto';
import { SQS } from '@aws-sdk/client-sqs';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { Injectable } from '@nestjs/common';
import { InjectSqsQueue, SnsAdapter, type SqsQueue } from 'nestjs-loose-coupling';
import { closeApps, startApp } from '../messaging/start-app.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(40_000);
afterEach(closeApps);

const OWNER = '111122223333';
const REGION = 'eu-central-1';
const roleArn = (name: string) => `arn:aws:iam::${OWNER}:role/${name}`;

@Injectable()
class Billing {
  constructor(
    @InjectSqsQueue('invoices', { connection: 'billing' }) readonly invoices: SqsQueue,
    readonly topics: SnsAdapter,
  ) {}
}

describeOnAws('a connection', (aws) => {
  /** In the account of the owner, who is another. */
  const owner = () => {
    const { endpoint, region, credentials } = aws();
    return fromTemporaryCredentials({
      params: { RoleArn: roleArn('owner'), RoleSessionName: 'owner' },
      masterCredentials: { ...credentials },
      clientConfig: { endpoint, region },
    });
  };
  const start = async (connection: object) => {
    const { endpoint, region, credentials } = aws();
    const prefix = `t${randomUUID().slice(0, 8)}`;
    const theirs = new SQS({ endpoint, region: REGION, credentials: owner(), useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await theirs.createQueue({ QueueName: `${prefix}-invoices` });
    const received = async () => {
      const { Messages = [] } = await theirs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 });
      theirs.destroy();
      return Messages.map(({ Body }) => JSON.parse(Body ?? '') as unknown);
    };
    const { app } = await startApp({
      service: 'app',
      transport: { type: 'aws', prefix, provision: 'none' },
      aws: { endpoint, region, credentials, connections: { billing: { region: REGION, ...connection } } },
      providers: [Billing],
    });
    return { billing: app.get(Billing), received };
  };

  it('leads to another region and account by credentials of its own', async () => {
    const { billing, received } = await start({ credentials: owner() });
    await billing.invoices.send({ id: '1' });
    expect(await received()).toEqual([{ id: '1' }]);
  });

  it('leads to another account by a role', async () => {
    const { billing, received } = await start({ roleArn: roleArn('send-invoices'), externalId: 'shop' });
    await billing.invoices.send({ id: '1' });
    expect(await received()).toEqual([{ id: '1' }]);
  });

  it('leads nowhere else: the same account has no such queue in another region', async () => {
    const { billing } = await start({ roleArn: roleArn('send-invoices'), region: 'us-east-1' });
    await expect(billing.invoices.send({ id: '1' })).rejects.toMatchObject({ code: 'LC_UNKNOWN_QUEUE' });
  });

  it('that is not configured is named', async () => {
    const { billing } = await start({});
    await expect(billing.topics.on('billings').publish('arn:aws:sns:eu-west-1:1:x', {})).rejects.toThrow('"billings"');
  });
});
