import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQS } from '@aws-sdk/client-sqs';
import { run } from '../../libs/loose-coupling/src/cli/run.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

describeOnAws('loose-coupling', (aws) => {
  let folder: string;
  let sqs: SQS;
  const stage = () => randomUUID().slice(0, 8);
  const before = { ...process.env };

  beforeAll(() => {
    const { endpoint, region, credentials } = aws();
    sqs = new SQS({ endpoint, region, credentials });
    const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    Object.assign(process.env, keys);
  });
  afterAll(() => {
    process.env = before;
    sqs.destroy();
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
    });

    it.each<[string, (names: { orders: string; dead: string }) => Promise<Record<string, string>>]>([
      ['visibility-too-short', () => Promise.resolve({ VisibilityTimeout: '10' })],
      ['no-dead-letter-queue', () => Promise.resolve({ RedrivePolicy: '' })],
      ['no-queue-policy', () => Promise.resolve({ Policy: '' })],
      [
        'redrive-loop',
        async ({ orders, dead }) => {
          const arn = async (name: string) => {
            const { QueueUrl } = await sqs.getQueueUrl({ QueueName: name });
            const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
            return Attributes?.['QueueArn'] ?? '';
          };
          const { QueueUrl } = await sqs.getQueueUrl({ QueueName: dead });
          const back = JSON.stringify({ deadLetterTargetArn: await arn(orders), maxReceiveCount: 3 });
          await sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: back } });
          return {};
        },
      ],
      ['key-not-usable', () => Promise.resolve({ KmsMasterKeyId: 'alias/aws/sqs' })],
    ])('finds %s', async (code, plant) => {
      const given = config();
      await command('implement', given);
      const name = (of: string) => `shop-${of}-${given.deployment_stage}`;
      const planted = await plant({
        orders: name('orders'),
        dead: name('orders-dlq'),
      });
      const { QueueUrl } = await sqs.getQueueUrl({ QueueName: name('orders') });
      if (Object.keys(planted).length > 0) await sqs.setQueueAttributes({ QueueUrl, Attributes: planted });
      const found = await command('doctor', given, '--json');
      expect(found.code).toBe(1);
      expect((JSON.parse(found.out) as { code: string }[]).map((problem) => problem.code)).toContain(code);
      await command('destroy', given);
    });
  });
});
