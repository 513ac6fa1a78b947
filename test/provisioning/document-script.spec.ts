import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { run } from '../../libs/loose-coupling/src/cli/run.js';
import { describeOnAws } from '../support/aws-emulator/index.js';
import { listResources } from './list-resources.js';

jest.setTimeout(60_000);

/** The script of the source document, example 2: the same file, the same resources, the same results. */
describeOnAws("the document's script, as loose-coupling implement", (aws) => {
  let folder: string;
  let stage: string;
  let close: () => void;
  let sqs: SQS;
  let sns: SNS;
  let events: EventBridge;
  let dynamoDb: DynamoDB;
  let lambda: Lambda;
  const before = { ...process.env };

  beforeAll(() => {
    const { endpoint, region, credentials } = aws();
    const connection = { endpoint, region, credentials };
    const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    Object.assign(process.env, keys, { AWS_ENDPOINT_URL: endpoint });
    sqs = new SQS(connection);
    sns = new SNS(connection);
    events = new EventBridge(connection);
    dynamoDb = new DynamoDB(connection);
    lambda = new Lambda(connection);
    close = () => [sqs, sns, events, dynamoDb, lambda].forEach((client) => client.destroy());
  });
  afterAll(() => {
    process.env = before;
    close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lc-script-'));
    stage = randomUUID().slice(0, 8);
  });
  afterEach(async () => {
    await command('destroy');
    await rm(folder, { recursive: true });
  });

  /** Every key that the script reads, in the forms in which it reads them; the region of the emulator. */
  const documented = () => ({
    project_name: 'shop',
    aws_region: aws().region,
    deployment_stage: stage,
    message_queues: [
      { name: 'orders', visibility_timeout_seconds: 45, message_retention_seconds: 604_800 },
      { name: 'defaults' },
    ],
    pub_sub_topics: [{ name: 'news' }],
    event_rules: [
      { name: 'placed', event_pattern: { source: ['order-service'], 'detail-type': ['Order Created'] } },
      { name: 'as-text', event_pattern: '{"source":["order-service"]}' },
    ],
  });

  async function command(name: string): Promise<{ code: number; error: string }> {
    const file = join(folder, 'loose-coupling-config.json');
    await writeFile(file, JSON.stringify(documented()));
    let error = '';
    const output = { out: () => undefined, error: (text: string) => void (error += text) };
    return { code: await run([name, '--config', file], output), error };
  }
  const named = (of: string) => `shop-${of}-${stage}`;
  const result = async (name: string) => JSON.parse(await readFile(join(folder, 'results', name), 'utf8')) as unknown;
  const tags = () =>
    expect.arrayContaining([
      { Key: 'Project', Value: 'shop' },
      { Key: 'Stage', Value: stage },
    ]) as unknown;

  it('makes the queues with their dead-letter queues', async () => {
    expect((await command('implement')).code).toBe(0);
    const attributesOf = async (name: string) => {
      const { QueueUrl } = await sqs.getQueueUrl({ QueueName: name });
      return (await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] })).Attributes ?? {};
    };
    const orders = await attributesOf(named('orders'));
    const deadLetters = await attributesOf(named('orders-dlq'));
    expect(orders).toMatchObject({
      VisibilityTimeout: '45',
      MessageRetentionPeriod: '604800',
      ReceiveMessageWaitTimeSeconds: '20',
    });
    const redrive = JSON.parse(orders['RedrivePolicy'] ?? '{}') as Record<string, unknown>;
    expect(redrive['deadLetterTargetArn']).toBe(deadLetters['QueueArn']);
    expect(Number(redrive['maxReceiveCount'])).toBe(3);
    const defaults = await attributesOf(named('defaults'));
    expect(defaults).toMatchObject({ VisibilityTimeout: '30', MessageRetentionPeriod: '1209600' });
    const url = (name: string) => expect.stringMatching(new RegExp(`/${named(name)}$`)) as unknown;
    expect(await result('message_queues.json')).toEqual([
      { name: 'orders', url: url('orders'), dlq_url: url('orders-dlq') },
      { name: 'defaults', url: url('defaults'), dlq_url: url('defaults-dlq') },
    ]);
  });

  it('makes the topics, the bus and its rules', async () => {
    await command('implement');
    const [topic] = (await result('pub_sub_topics.json')) as { name: string; arn: string }[];
    expect(topic).toEqual({ name: 'news', arn: expect.stringMatching(new RegExp(`:${named('news')}$`)) as unknown });
    const { Attributes } = await sns.getTopicAttributes({ TopicArn: topic?.arn });
    expect(Attributes?.['DisplayName']).toBe('news Topic');

    const bus = named('events');
    const { Arn } = await events.describeEventBus({ Name: bus });
    expect(await result('event_bus.json')).toEqual({ name: bus, arn: Arn });
    expect((await events.listTagsForResource({ ResourceARN: Arn })).Tags).toEqual(tags());
    for (const [of, pattern] of [
      ['placed', { source: ['order-service'], 'detail-type': ['Order Created'] }],
      ['as-text', { source: ['order-service'] }],
    ] as const) {
      const rule = await events.describeRule({ Name: named(of), EventBusName: bus });
      expect(JSON.parse(rule.EventPattern ?? '')).toEqual(pattern);
      expect(rule).toMatchObject({ Description: `Event rule for ${of}`, State: 'ENABLED' });
    }
  });

  it('makes the table and the function of the circuit breaker', async () => {
    await command('implement');
    const name = named('circuit-breaker');
    const { Table } = await dynamoDb.describeTable({ TableName: name });
    expect(Table).toMatchObject({
      KeySchema: [{ AttributeName: 'service_name', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'service_name', AttributeType: 'S' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      TableStatus: 'ACTIVE',
    });
    expect((await dynamoDb.listTagsOfResource({ ResourceArn: Table?.TableArn })).Tags).toEqual(tags());
    const { Configuration, Tags } = await lambda.getFunction({ FunctionName: name });
    expect(Configuration).toMatchObject({
      Timeout: 30,
      Environment: { Variables: { CIRCUIT_BREAKER_TABLE: name } },
      Role: expect.stringMatching(new RegExp(`^arn:aws:iam::\\d+:role/${name}$`)) as unknown,
    });
    expect(Tags).toMatchObject({ Project: 'shop', Stage: stage });
    expect(await result('circuit_breaker_function.json')).toEqual({ name, arn: Configuration?.FunctionArn });
  });

  it('writes a page of everything, and tells how far it is', async () => {
    const { error } = await command('implement');
    expect(error).toContain(`[11/11] make function ${named('circuit-breaker')}`);
    const page = await readFile(join(folder, 'results/loose_coupling_documentation.md'), 'utf8');
    const made = ['orders', 'orders-dlq', 'defaults', 'news', 'events', 'placed', 'circuit-breaker'];
    for (const of of made) expect(page).toContain(`\`${named(of)}\``);
    expect(page).toMatch(/aws sqs send-message.*\n.*put-events.*\n.*lambda invoke/);
  });

  it.each([
    ['queues', ['queue']],
    ['topics', ['queue', 'topic']],
    ['events', ['bus', 'queue', 'rule']],
    ['circuit-breaker', ['function', 'role', 'table']],
  ])('%s makes its part alone', async (name, kinds) => {
    expect((await command(name)).code).toBe(0);
    const made = await listResources(aws(), stage);
    expect([...new Set(made.map((line) => line.split(' ')[0]))].toSorted()).toEqual(kinds);
  });

  it('says how it is used when it is told something else', async () => {
    const { code, error } = await command('everything');
    expect(code).toBe(2);
    expect(error).toMatch(/unknown command "everything"[^]*implement/);
  });
});
