import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { SystemClock } from 'nestjs-loose-coupling';
import { createCircuitBreakerLambdaHandler } from 'nestjs-loose-coupling/aws';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

const CALLERS = 50;

describeOnAws('the circuit breaker function', (aws) => {
  let client: DynamoDB;
  let table: string;
  beforeAll(async () => {
    const { endpoint, region, credentials } = aws();
    client = new DynamoDB({ endpoint, region, credentials });
    table = `circuits-${randomUUID()}`;
    await client.createTable({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'service_name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'service_name', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
  afterAll(() => client.destroy());

  /** One for each caller: no two share anything but the table. */
  const functions = (
    limits: { failureThreshold: number; timeoutSeconds?: number },
    onError?: (error: unknown) => void,
  ) =>
    Array.from({ length: CALLERS }, () => {
      const { endpoint, region, credentials } = aws();
      return createCircuitBreakerLambdaHandler({
        table,
        aws: { endpoint, region, credentials },
        // An emulator that fifty ask at once, on a machine that is busy.
        requestTimeout: 10_000,
        limits,
        ...(onError && { onError }),
      });
    });
  const body = ({ body: text }: { body: string }) => JSON.parse(text) as { allowed?: boolean; reason?: string };

  it('counts every failure of fifty callers at once, and opens at the fiftieth', async () => {
    const service_name = `s-${randomUUID()}`;
    const callers = functions({ failureThreshold: CALLERS });
    const [first] = callers;
    const outcomes = await Promise.all(callers.slice(1).map((call) => call({ action: 'failure', service_name })));
    expect(new Set(outcomes.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    // 49 of 50: had one been lost, the next would not open it.
    expect(body((await first?.({ action: 'check', service_name })) ?? { body: '{}' })).toMatchObject({ allowed: true });
    await first?.({ action: 'failure', service_name });
    expect(body((await first?.({ action: 'check', service_name })) ?? { body: '{}' })).toEqual({
      allowed: false,
      reason: 'Circuit is open',
    });
  });

  it('gives fifty callers of a half-open circuit the test calls that there are, and no more', async () => {
    const service_name = `s-${randomUUID()}`;
    const { endpoint, region, credentials } = aws();
    const twoMinutesAgo = createCircuitBreakerLambdaHandler({
      table,
      aws: { endpoint, region, credentials },
      limits: { failureThreshold: 1 },
      clock: new (class extends SystemClock {
        override now(): number {
          return super.now() - 120_000;
        }
      })(),
    });
    await twoMinutesAgo({ action: 'failure', service_name });
    const callers = functions({ failureThreshold: 1 });
    const answers = await Promise.all(callers.map((call) => call({ action: 'check', service_name })));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    // One turns it half-open, and three more may try.
    expect(answers.filter((answer) => body(answer).allowed)).toHaveLength(4);
  });

  it("loses failures with the document's own reading and writing, which is why it is not used", async () => {
    const service_name = `s-${randomUUID()}`;
    const Key = { service_name: { S: service_name } };
    const recordFailure = async () => {
      const { Item } = await client.getItem({ TableName: table, Key, ConsistentRead: true });
      const count = Number(Item?.['failure_count']?.N ?? 0) + 1;
      await client.putItem({ TableName: table, Item: { ...Key, failure_count: { N: String(count) } } });
    };
    await Promise.all(Array.from({ length: CALLERS }, recordFailure));
    const { Item } = await client.getItem({ TableName: table, Key, ConsistentRead: true });
    expect(Number(Item?.['failure_count']?.N)).toBeLessThan(CALLERS);
  });

  it('answers 400 to what it does not understand', async () => {
    const [call] = functions({ failureThreshold: 5 });
    expect(await call?.({ action: 'check' })).toEqual({
      statusCode: 400,
      body: '{"error":"service_name is required"}',
    });
    expect(await call?.({ action: 'burn', service_name: 'x' })).toEqual({
      statusCode: 400,
      body: '{"error":"Invalid action"}',
    });
    expect((await call?.(null))?.statusCode).toBe(400);
  });
});
