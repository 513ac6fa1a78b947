import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { damagingProtection, isIn } from '../../event-sourcing/testing/damaging-protection.js';
import { ProjectorWorld, type ProjectorPlan, type SharedStore } from '../../event-sourcing/testing/projector-world.js';
import { randomFrom } from '../../event-sourcing/testing/seeded-random.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import type { DynamoDbApi } from './dynamodb-api.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

const SOAK = process.env['SOAK'] === '1';
jest.setTimeout(SOAK ? 3_600_000 : 120_000);

interface DynamoDbPlan extends ProjectorPlan {
  /** Of all looks at the index. */
  readonly staleIndex: number;
}

const plan: fc.Arbitrary<DynamoDbPlan> = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    refused: fc.constantFrom(0, 0.03, 0.1),
    lostReplies: fc.constantFrom(0, 0.03, 0.1),
    crashes: fc.constantFrom(0, 0.005, 0.02),
    pauses: fc.constantFrom(0, 0.01),
  }),
  partitions: fc.constantFrom(1, 1, 2),
  batchSize: fc.constantFrom(1, 3, 100),
  poison: fc.constantFrom(0, 0.15),
  staleIndex: fc.constantFrom(0, 0.5),
});

type Unsafe = (api: DynamoDbApi) => DynamoDbApi;

function onTable({ seed, staleIndex }: DynamoDbPlan, clock: FakeClock, unsafe: Unsafe = (safe) => safe): SharedStore {
  const table = new FakeTable();
  const random = randomFrom(seed);
  const opened: DynamoDbEventStore[] = [];
  const damaged = new Set<string>();
  const protection = damagingProtection(isIn(damaged));
  return {
    damaged,
    open: (chaos) => {
      const at = (_operation: string, phase: 'before' | 'after') => chaos.at(phase);
      const api = unsafe(new FakeDynamoDb(table, { at, isIndexCurrent: () => chaos.isOver || random() >= staleIndex }));
      const store = new DynamoDbEventStore({ table: 'events', api, clock, protection });
      opened.push(store);
      return { store, checkpoints: store.checkpoints };
    },
    // Those of dead processes never answer.
    close: async () => void opened.map((store) => store.close()),
  };
}

async function check(settings: DynamoDbPlan, unsafe?: Unsafe): Promise<string[]> {
  // Waits have jitter; the same seed shall give the same run.
  jest.spyOn(Math, 'random').mockImplementation(randomFrom(settings.seed));
  const clock = new FakeClock();
  return new ProjectorWorld(settings, onTable(settings, clock, unsafe), clock).run();
}

afterEach(() => jest.restoreAllMocks());

describe('projectors on DynamoDB that crash, stand still, are throttled and lose replies', () => {
  it('miss, double and reorder nothing', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (settings) => {
        expect(await check(settings)).toEqual([]);
      }),
      { seed: 42, numRuns: SOAK ? 10_000 : 150 },
    );
  });
});

/** A table whose transactions are made otherwise. */
const withTransactions =
  (write: (api: DynamoDbApi, input: Parameters<DynamoDbApi['transactWriteItems']>[0]) => Promise<unknown>): Unsafe =>
  (api) =>
    Object.create(api, { transactWriteItems: { value: (input: never) => write(api, input) } }) as DynamoDbApi;

const unsafeTables: Record<string, Unsafe> = {
  'nobody looks at conditions': withTransactions((api, { TransactItems = [], ...rest }) =>
    api.transactWriteItems({
      ...rest,
      TransactItems: TransactItems.map(({ Put, Update, ...others }) => ({
        ...others,
        ...(Put && { Put: { TableName: Put.TableName, Item: Put.Item } }),
        ...(Update && { Update: { ...Update, ConditionExpression: undefined } }),
      })),
    }),
  ),
  'transactions are written one after another': withTransactions(async (api, { TransactItems = [], ...rest }) => {
    for (const action of TransactItems) await api.transactWriteItems({ ...rest, TransactItems: [action] });
  }),
};

describe('the test of projectors on DynamoDB', () => {
  it.each(Object.entries(unsafeTables))('notices when %s', async (_name, unsafe) => {
    const run = await fc.check(
      fc.asyncProperty(plan, async (settings) => (await check(settings, unsafe)).length === 0),
      { seed: 42, numRuns: 300, endOnFailure: true },
    );
    expect(String(run.errorInstance)).toContain('returning false');
  });
});
