import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { functionCode } from 'nestjs-loose-coupling/provisioning';
import { run } from '../../libs/loose-coupling/src/cli/run.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

describeOnAws('loose-coupling', (aws) => {
  let folder: string;
  let sqs: SQS;
  let sns: SNS;
  let iam: IAM;
  let lambda: Lambda;
  let cloudWatch: CloudWatch;
  const stage = () => randomUUID().slice(0, 8);
  const before = { ...process.env };

  beforeAll(() => {
    const { endpoint, region, credentials } = aws();
    const connection = { endpoint, region, credentials };
    sqs = new SQS(connection);
    sns = new SNS(connection);
    iam = new IAM(connection);
    lambda = new Lambda(connection);
    cloudWatch = new CloudWatch(connection);
    const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    Object.assign(process.env, keys);
  });
  afterAll(() => {
    process.env = before;
    for (const client of [sqs, sns, iam, lambda, cloudWatch]) client.destroy();
  });
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'lc-provision-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function command(name: string, config: object, ...more: string[]) {
    const file = join(folder, 'loose-coupling-config.json');
    await writeFile(file, JSON.stringify(config));
    const { endpoint, region } = aws();
    const written = { out: '', error: '' };
    const output = {
      out: (text: string) => void (written.out += text),
      error: (text: string) => void (written.error += text),
    };
    const code = await run([name, '--config', file, '--endpoint', endpoint, '--region', region, ...more], output);
    return { code, ...written };
  }

  /** Every key that the script of the document reads. */
  const documented = () => ({
    project_name: 'shop',
    aws_region: 'eu-west-1',
    deployment_stage: stage(),
    message_queues: [{ name: 'orders', visibility_timeout_seconds: 45, message_retention_seconds: 604_800 }],
    pub_sub_topics: [{ name: 'news' }],
    event_rules: [{ name: 'placed', event_pattern: '{"source":["order-service"]}' }],
  });

  it('implements a file of the document as it stands, changes nothing again, and leaves nothing', async () => {
    const config = documented();
    const suffix = config.deployment_stage;
    expect((await command('plan', config)).out).toContain('8 of 8 would change');
    const made = await command('implement', config);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining(`create queue shop-orders-${suffix}\n`) });
    expect(made.error).toContain(`[1/8] make queue shop-orders-dlq-${suffix}`);
    const results = async (name: string) =>
      JSON.parse(await readFile(join(folder, 'results', name), 'utf8')) as unknown;
    expect(await results('message_queues.json')).toEqual([
      {
        name: 'orders',
        url: expect.stringContaining(`shop-orders-${suffix}`),
        dlq_url: expect.stringContaining(`shop-orders-dlq-${suffix}`),
      },
    ]);
    expect(await results('event_bus.json')).toMatchObject({ name: `shop-events-${suffix}` });
    expect(await readFile(join(folder, 'results/loose_coupling_documentation.md'), 'utf8')).toContain(
      '## Message queues',
    );

    expect((await command('implement', config)).out).toBe('0 of 8 changed\n');
    expect(await command('doctor', config)).toMatchObject({ code: 0, out: 'Nothing is wrong.\n' });
    expect((await command('destroy', config)).out).toContain('8 of 8 changed');
    expect((await command('plan', config)).out).toContain('8 of 8 would change');
  });

  it('implements one kind at a time', async () => {
    const config = documented();
    const made = await Promise.all(['queues', 'circuit-breaker'].map((name) => command(name, config, '--json')));
    expect(made.map(({ out }) => (JSON.parse(out) as { kind: string }[]).map(({ kind }) => kind))).toEqual([
      ['queue', 'queue'],
      ['table', 'role', 'function'],
    ]);
    await command('destroy', config);
  });

  it('says with the line what is wrong with a file, and that there is none', async () => {
    expect(await command('plan', { message_queues: [{ name: '' }] })).toMatchObject({
      code: 1,
      error: expect.stringMatching(/line 1, message_queues\[0\]\.name: expected letters/),
    });
    const output = { out: jest.fn(), error: jest.fn() };
    expect(await run(['plan', '--config', join(folder, 'none.json')], output)).toBe(2);
  });

  describe('doctor', () => {
    const config = () => ({
      ...documented(),
      message_queues: [
        { name: 'orders', handler_timeout_seconds: 20 },
        { name: 'ledger', fifo: true },
      ],
      pub_sub_topics: [{ name: 'news', subscriptions: [{ queue: 'orders' }] }],
      alarms: { notify: ['news'] },
    });
    type Named = (of: string) => string;
    const urlOf = async (QueueName: string) => (await sqs.getQueueUrl({ QueueName })).QueueUrl;
    const attributeOf = async (name: string, attribute: 'QueueArn' | 'Policy') => {
      const asked = { QueueUrl: await urlOf(name), AttributeNames: [attribute] };
      return (await sqs.getQueueAttributes(asked)).Attributes?.[attribute] ?? '';
    };
    const set = async (name: string, Attributes: Record<string, string>) => {
      await sqs.setQueueAttributes({ QueueUrl: await urlOf(name), Attributes });
    };
    const redrive = async (from: string, to: string) => {
      const target = { deadLetterTargetArn: await attributeOf(to, 'QueueArn'), maxReceiveCount: 3 };
      await set(from, { RedrivePolicy: JSON.stringify(target) });
    };

    const faults: readonly [code: string, what: string, plant: (named: Named) => Promise<unknown>][] = [
      ['missing', 'a queue', async (named) => sqs.deleteQueue({ QueueUrl: await urlOf(named('orders-dlq')) })],
      ['missing', 'an alarm', (named) => cloudWatch.deleteAlarms({ AlarmNames: [named('orders-dead-letters')] })],
      [
        'differs',
        'the role of the function',
        (named) => iam.deleteRolePolicy({ RoleName: named('circuit-breaker'), PolicyName: named('circuit-breaker') }),
      ],
      [
        'differs',
        'the code of the function',
        (named) =>
          lambda.updateFunctionCode({ FunctionName: named('circuit-breaker'), ZipFile: functionCode('other').zip }),
      ],
      ['visibility-too-short', 'a queue', (named) => set(named('orders'), { VisibilityTimeout: '10' })],
      ['no-dead-letter-queue', 'a queue', (named) => set(named('orders'), { RedrivePolicy: '' })],
      ['no-queue-policy', 'a queue', (named) => set(named('orders'), { Policy: '' })],
      [
        'queue-policy-too-large',
        'a queue',
        async (named) => {
          const policy = JSON.parse(await attributeOf(named('orders'), 'Policy')) as { Statement: object[] };
          const many = Array.from({ length: 21 }, (_, index) => ({ ...policy.Statement[0], Sid: `other-${index}` }));
          await set(named('orders'), { Policy: JSON.stringify({ ...policy, Statement: many }) });
        },
      ],
      ['redrive-loop', 'two queues', (named) => redrive(named('orders-dlq'), named('orders'))],
      ['fifo-mismatch', 'two queues', (named) => redrive(named('orders'), `${named('ledger-dlq')}.fifo`)],
      ['key-not-usable', 'a queue', (named) => set(named('orders'), { KmsMasterKeyId: 'alias/aws/sqs' })],
      [
        'key-not-usable',
        'a topic that alarms are to tell',
        async (named) => {
          const { Topics = [] } = await sns.listTopics({});
          const TopicArn = Topics.find((topic) => topic.TopicArn?.endsWith(named('news')))?.TopicArn;
          const key = { AttributeName: 'KmsMasterKeyId', AttributeValue: 'alias/aws/sns' };
          await sns.setTopicAttributes({ TopicArn, ...key });
        },
      ],
    ];

    it.each(faults)('finds %s, of %s', async (code, _what, plant) => {
      const given = config();
      await command('implement', given);
      expect(await command('doctor', given)).toMatchObject({ code: 0, out: 'Nothing is wrong.\n' });
      await plant((of) => `shop-${of}-${given.deployment_stage}`);
      const found = await command('doctor', given, '--json');
      expect(found.code).toBe(1);
      expect((JSON.parse(found.out) as { code: string }[]).map((problem) => problem.code)).toContain(code);
      await command('destroy', given);
    });
  });
});
