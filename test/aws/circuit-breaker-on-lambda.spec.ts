import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { openAwsProvisioning, type AwsProvisioning } from 'nestjs-loose-coupling/aws';
import {
  desiredResources,
  functionCode,
  Provisioner,
  readConfig,
  type DesiredResource,
} from 'nestjs-loose-coupling/provisioning';
import { describeOnEmulator } from '../support/aws-emulator/index.js';

jest.setTimeout(240_000);

const CALLERS = 50;
const NEVER = 1_000;

/** The document's own way: read, count, write. */
const DOCUMENTED = `
const { DynamoDB } = require('@aws-sdk/client-dynamodb');
const dynamoDb = new DynamoDB();
const TableName = process.env.CIRCUIT_BREAKER_TABLE;
exports.handler = async ({ service_name }) => {
  const Key = { service_name: { S: service_name } };
  const { Item } = await dynamoDb.getItem({ TableName, Key, ConsistentRead: true });
  const failure_count = { N: String(Number(Item?.failure_count?.N ?? 0) + 1) };
  await dynamoDb.putItem({ TableName, Item: { ...Key, failure_count } });
  return { statusCode: 200, body: '{"message":"Failure recorded"}' };
};`;

interface Answer {
  readonly statusCode: number;
  readonly body: { readonly allowed?: boolean; readonly reason?: string; readonly message?: string };
}

// Moto runs functions in containers only, so what it makes is looked at in test/provisioning, and called here on MiniStack.
describeOnEmulator('the deployed circuit breaker function', (aws) => {
  const project = `p${randomUUID().slice(0, 8)}`;
  const limits = { failure_threshold: NEVER, half_open_max_calls: 3 };
  const file = { project_name: project, aws_region: '', circuit_breaker: limits };
  let resources: readonly DesiredResource[];
  let provisioning: AwsProvisioning;
  let lambda: Lambda;
  let dynamoDb: DynamoDB;
  const name = `${project}-circuit-breaker-dev`;

  beforeAll(async () => {
    const { endpoint, region, credentials } = aws();
    const connection = { endpoint, region, credentials };
    const requestHandler = { httpAgent: { maxSockets: CALLERS }, requestTimeout: 200_000 };
    lambda = new Lambda({ ...connection, requestHandler, maxAttempts: 1 });
    dynamoDb = new DynamoDB(connection);
    provisioning = openAwsProvisioning(connection);
    resources = desiredResources(readConfig(JSON.stringify({ ...file, aws_region: region }))).filter(({ kind }) =>
      ['table', 'role', 'function'].includes(kind),
    );
    await new Provisioner(provisioning.drivers).implement(resources);
  });
  afterAll(() => {
    provisioning.close();
    lambda.destroy();
    dynamoDb.destroy();
  });

  async function call(event: object, FunctionName = name): Promise<Answer> {
    const { Payload, FunctionError } = await lambda.invoke({ FunctionName, Payload: JSON.stringify(event) });
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new Error(`${FunctionError}: ${text}`);
    const { statusCode, body } = JSON.parse(text) as { statusCode: number; body: string };
    return { statusCode, body: JSON.parse(body) as Answer['body'] };
  }
  const act = (action: string, service_name: string) => call({ action, service_name });
  const all = (actions: readonly string[], service: string) =>
    Promise.all(actions.map((action) => act(action, service)));
  const times = (action: string, count = CALLERS): string[] => Array.from({ length: count }, () => action);

  async function stored(service: string) {
    const { Item } = await dynamoDb.getItem({
      TableName: name,
      Key: { service_name: { S: service } },
      ConsistentRead: true,
    });
    const number = (attribute: string) => Number(Item?.[attribute]?.N);
    return {
      state: Item?.['state']?.S,
      failures: number('failure_count'),
      writes: number('generation'),
      testCalls: number('half_open_calls'),
    };
  }
  /** As if the time that a circuit stays open were over. */
  const letItTry = (service: string) =>
    dynamoDb.updateItem({
      TableName: name,
      Key: { service_name: { S: service } },
      UpdateExpression: 'SET #state = :open, open_until = :past',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':open': { S: 'OPEN' }, ':past': { N: '0' } },
    });

  it('answers as the document says, 400 to what it does not understand', async () => {
    expect(await act('check', 'first')).toEqual({
      statusCode: 200,
      body: { allowed: true, reason: 'Circuit is closed' },
    });
    expect(await act('failure', 'first')).toEqual({ statusCode: 200, body: { message: 'Failure recorded' } });
    expect(await act('success', 'first')).toEqual({ statusCode: 200, body: { message: 'Success recorded' } });
    expect(await call({ action: 'check' })).toEqual({ statusCode: 400, body: { error: 'service_name is required' } });
    expect(await act('burn', 'first')).toEqual({ statusCode: 400, body: { error: 'Invalid action' } });
  });

  it('loses no failure of fifty callers at once, where the code of the document does', async () => {
    const answers = await all(times('failure'), 'counted');
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(await stored('counted')).toMatchObject({ state: 'CLOSED', failures: CALLERS, writes: CALLERS });

    const documented = `${project}-documented`;
    const role = await provisioning.drivers.role.read(
      resources.find(({ kind }) => kind === 'role') as DesiredResource,
      new Map(),
    );
    await lambda.createFunction({
      FunctionName: documented,
      Role: role?.arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: functionCode(DOCUMENTED).zip },
      Timeout: 30,
      Environment: { Variables: { CIRCUIT_BREAKER_TABLE: name } },
    });
    await Promise.all(Array.from({ length: CALLERS }, () => call({ service_name: 'lost' }, documented)));
    await lambda.deleteFunction({ FunctionName: documented });
    expect((await stored('lost')).failures).toBeLessThan(CALLERS);
  });

  it('keeps its count and its state whatever fifty callers report at once', async () => {
    const service = 'mixed';
    const actions = Array.from({ length: CALLERS }, (_, caller) => ['check', 'failure', 'success'][caller % 3] ?? '');
    const reported = (action: string) => actions.filter((one) => one === action).length;
    const answers = await all(actions, service);
    expect(answers.filter(({ statusCode }) => statusCode !== 200)).toEqual([]);
    // Far from its limit it never refuses.
    expect(answers.filter(({ body }) => body.allowed === false)).toEqual([]);
    const { state, failures, writes } = await stored(service);
    expect(state).toBe('CLOSED');
    expect(failures).toBeLessThanOrEqual(reported('failure'));
    // Each failure was one write, and so was each success that had something to reset.
    expect(writes).toBeGreaterThanOrEqual(reported('failure'));
    expect(writes).toBeLessThanOrEqual(reported('failure') + reported('success'));
    await act('success', service);
    expect(await stored(service)).toMatchObject({ state: 'CLOSED', failures: 0 });
  });

  it('gives out the test calls that there are, once, and ends open or closed as the last of them says', async () => {
    const service = 'half-open';
    await act('failure', service);
    await letItTry(service);
    const answers = await all(times('check'), service);
    // One turns it half-open, and three more may try.
    expect(answers.filter(({ body }) => body.allowed)).toHaveLength(4);
    expect(await stored(service)).toMatchObject({ state: 'HALF_OPEN', testCalls: 3 });

    await all(['failure', 'success', 'success', 'failure', ...times('check', CALLERS - 4)], service);
    const { state, failures } = await stored(service);
    // A failure that came first opened it, and the successes behind it did not close it; one behind a success was counted.
    expect(['OPEN', 'CLOSED']).toContain(state);
    expect(failures).toBeGreaterThanOrEqual(state === 'OPEN' ? 1 : 0);
    const { body } = await act('check', service);
    expect(body.allowed).toBe(state === 'CLOSED');
  });

  it('is gone when it is destroyed, with its role and its table', async () => {
    const changes = await new Provisioner(provisioning.drivers).destroy(resources);
    expect(changes.map(({ action, resource }) => `${action} ${resource.kind}`)).toEqual([
      'remove function',
      'remove role',
      'remove table',
    ]);
    await expect(lambda.getFunction({ FunctionName: name })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
