import * as fc from 'fast-check';
import { event, message } from '../../event-sourcing/testing/event-store-under-test.js';
import { RelayWorld, type RelayPlan, type SharedOutbox } from '../../event-sourcing/testing/relay-world.js';
import { randomFrom } from '../../event-sourcing/testing/seeded-random.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { DynamoDbApi } from './dynamodb-api.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

const SOAK = process.env['SOAK'] === '1';
jest.setTimeout(SOAK ? 3_600_000 : 120_000);

const plan: fc.Arbitrary<RelayPlan> = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    refused: fc.constantFrom(0, 0.03),
    lostReplies: fc.constantFrom(0, 0.03, 0.1),
    crashes: fc.constantFrom(0, 0.005, 0.02),
    pauses: fc.constantFrom(0, 0.01, 0.05),
  }),
  poison: fc.constantFrom(0, 0.2, 0.5),
  mends: fc.constantFrom(0.1, 0.5),
  busy: fc.constantFrom(0, 0.2, 0.7),
});

type Unsafe = (api: DynamoDbApi) => DynamoDbApi;

function onTable(clock: FakeClock, unsafe: Unsafe): SharedOutbox {
  const table = new FakeTable();
  const newStore = (api: DynamoDbApi) => new DynamoDbEventStore({ table: 'events', api, clock });
  const store = newStore(new FakeDynamoDb(table));
  const opened = [store];
  return {
    store,
    open: (chaos) => {
      const at = (_operation: string, phase: 'before' | 'after') => chaos.at(phase);
      const process = newStore(unsafe(new FakeDynamoDb(table, { at })));
      opened.push(process);
      return process.outbox;
    },
    // Those of dead processes never answer.
    close: async () => void opened.map((one) => one.close()),
  };
}

async function check(settings: RelayPlan, unsafe: Unsafe = (safe) => safe): Promise<string[]> {
  // Waits have jitter; the same seed shall give the same run.
  jest.spyOn(Math, 'random').mockImplementation(randomFrom(settings.seed));
  const clock = new FakeClock();
  return new RelayWorld(settings, onTable(clock, unsafe), clock).run();
}

afterEach(() => jest.restoreAllMocks());

describe('relays on DynamoDB that crash, stand still and lose replies', () => {
  it('lose and reorder nothing, and publish nothing more when another has taken over', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (settings) => {
        expect(await check(settings)).toEqual([]);
      }),
      { seed: 42, numRuns: SOAK ? 10_000 : 100 },
    );
  });
});

describe('a message that is set aside on DynamoDB', () => {
  it('is not lost when somebody unparks it while that is being written', async () => {
    const clock = new FakeClock();
    const table = new FakeTable();
    const operator = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), clock });
    let unparked = 0;
    const at = async (_operation: string, phase: 'before' | 'after') => {
      const isThere = [...table.items.values()].some(({ pk }) => pk?.S === 'O#parked');
      if (phase === 'after' && isThere && unparked === 0) unparked += await operator.outbox.unpark();
    };
    const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table, { at }), clock });
    await operator.appendToStream('a', [event('x')], { messages: [message('one')] });
    const { outbox } = store;
    const lease = await outbox.acquire('relay', 1_000);
    const [entry] = await outbox.pending(0, 10);
    await outbox.settle(lease, { published: [], parked: [{ id: entry?.id ?? 0, reason: 'too large' }] });
    expect(unparked).toBe(1);
    expect((await outbox.pending(0, 10)).map(({ envelope }) => envelope.id)).toEqual(['one']);
    await store.close();
    await operator.close();
  });

  it('is found again by a relay that has read beyond it, when another process unparks it', async () => {
    const clock = new FakeClock();
    const api = new FakeDynamoDb(new FakeTable());
    const [store, operator] = [1, 2].map(() => new DynamoDbEventStore({ table: 'events', api, clock }));
    if (!store || !operator) throw new Error('two stores were made');
    const { outbox } = store;
    const idsOf = async () => (await outbox.pending(0, 10)).map(({ envelope }) => envelope.id);
    for (const id of ['one', 'two', 'three']) {
      await operator.appendToStream(id, [event('x')], { messages: [message(id)] });
      // A page of the feed for each.
      await operator.lastPosition();
    }
    const lease = await outbox.acquire('relay', 1_000);
    await outbox.settle(lease, { published: [3], parked: [{ id: 2, reason: 'no' }] });
    expect(await idsOf()).toEqual(['one']);
    await operator.outbox.unpark();
    await outbox.settle(lease, { published: [1], parked: [] });
    expect(await idsOf()).toEqual(['two']);
    await Promise.all([store.close(), operator.close()]);
  });

  it('lets those before it leave, and none behind it, when it cannot be read', async () => {
    const table = new FakeTable();
    const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), clock: new FakeClock() });
    const { outbox } = store;
    for (const id of ['one', 'two', 'three']) {
      await store.appendToStream(id, [event('x')], { messages: [message(id)] });
      // A page of the feed for each.
      if (id !== 'one') await store.lastPosition();
    }
    const [key, item] = [...table.items].find(([name]) => name === '1 S#two') ?? [];
    if (key === undefined || !item) throw new Error('there is a commit');
    table.items.set(key, { ...item, m: { S: 'no JSON' } });
    const idsAfter = async (id: number) => (await outbox.pending(id, 10)).map(({ envelope }) => envelope.id);
    expect(await idsAfter(0)).toEqual(['one']);
    await expect(idsAfter(1)).rejects.toThrow(SyntaxError);
    table.items.set(key, item);
    expect(await idsAfter(1)).toEqual(['two', 'three']);
    await store.close();
  });

  it('is set aside also when it is larger than an item: in its commit it lies compressed', async () => {
    const store = new DynamoDbEventStore({
      table: 'events',
      api: new FakeDynamoDb(new FakeTable()),
      clock: new FakeClock(),
    });
    const { outbox } = store;
    const outgoing = message('large');
    const data = { text: 'a long text '.repeat(100_000) };
    await store.appendToStream('a', [], { messages: [{ ...outgoing, envelope: { ...outgoing.envelope, data } }] });
    const lease = await outbox.acquire('relay', 1_000);
    const [entry] = await outbox.pending(0, 10);
    const reason = 'too large '.repeat(50_000);
    await outbox.settle(lease, { published: [], parked: [{ id: entry?.id ?? 0, reason }] });
    expect((await outbox.parked()).map(({ envelope }) => envelope.data)).toEqual([data]);
    await outbox.unpark();
    expect((await outbox.pending(0, 10)).map(({ envelope }) => envelope.data)).toEqual([data]);
    await store.close();
  });

  it('is set aside with others, more of them and larger ones than fit into one transaction', async () => {
    const clock = new FakeClock();
    const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(new FakeTable()), clock });
    const { outbox } = store;
    for (let index = 0; index < 120; index += 1) {
      const outgoing = message(`m-${index}`);
      const data = { text: 'x'.repeat(index < 30 ? 200_000 : 10) };
      await store.appendToStream('a', [], { messages: [{ ...outgoing, envelope: { ...outgoing.envelope, data } }] });
    }
    const lease = await outbox.acquire('relay', 1_000);
    const entries = await outbox.pending(0, 200);
    await outbox.settle(lease, { published: [], parked: entries.map(({ id }) => ({ id, reason: 'no' })) });
    expect((await outbox.parked()).map(({ envelope }) => envelope.id)).toEqual(
      Array.from({ length: 120 }, (_, index) => `m-${index}`),
    );
    expect(await outbox.countPending()).toBe(0);
    await store.close();
  });
});

/** What is written about the outbox is written whatever lies there. */
const unconditional: Unsafe = (api) =>
  Object.create(api, {
    putItem: {
      value: (input: Parameters<DynamoDbApi['putItem']>[0]) => {
        if (input.Item?.['pk']?.S !== 'O#state') return api.putItem(input);
        const { ConditionExpression: _condition, ...put } = input;
        return api.putItem(put);
      },
    },
  }) as DynamoDbApi;

describe('without the safeguard that the state of the outbox is changed only as it was read', () => {
  it('relays on DynamoDB are found to be wrong', async () => {
    const found = await fc.check(
      fc.asyncProperty(plan, async (settings) => (await check(settings, unconditional)).length === 0),
      { seed: 42, numRuns: 1_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
    expect(String(found.errorInstance)).toContain('returning false');
  });
});
