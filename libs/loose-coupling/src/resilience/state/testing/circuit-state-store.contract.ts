import assert from 'node:assert/strict';
import type { CircuitStateStore, SharedCircuit } from '../circuit-state-store.js';
import { unwrittenCircuit } from '../shared-circuit.js';

/** A fresh, empty store, made for one test. */
export interface CircuitStateStoreUnderTest {
  readonly store: CircuitStateStore;
  /** Another way to the same circuits: of a store that is shared, a second connection. Else the same. */
  readonly other: CircuitStateStore;
  close(): Promise<void>;
}

export const openCircuit = (name: string, generation = 1, openUntil = 1_800_000_030_000): SharedCircuit => ({
  name,
  state: 'open',
  generation,
  openUntil,
  timesOpened: 1,
});

const FULL: SharedCircuit = {
  name: 'full',
  state: 'half-open',
  generation: 1,
  openUntil: 1_800_000_030_123,
  timesOpened: 7,
  probe: { owner: 'process-1', until: 1_800_000_060_456 },
  counts: {
    failureCount: 9,
    lastFailureTime: 1_799_999_970_123,
    failureThreshold: 6,
    timeoutSeconds: 60,
    halfOpenMaxCalls: 4,
    halfOpenCalls: 2,
  },
};

/** What every circuit state store must do; `create` makes a fresh, empty one for each test. Runs on jest's globals. */
export function describeCircuitStateStore(name: string, create: () => Promise<CircuitStateStoreUnderTest>): void {
  const test = (title: string, body: (under: CircuitStateStoreUnderTest) => Promise<void>) =>
    it(title, async () => {
      const under = await create();
      try {
        await body(under);
      } finally {
        await under.close();
      }
    });

  describe(`the contract of circuit state stores: ${name}`, () => {
    test('leaves out circuits that nobody has written', async ({ store }) => {
      assert.deepEqual(await store.read(['a', 'b']), []);
      assert.deepEqual(await store.read([]), []);
    });

    test('gives back every field, also to others', async ({ store, other }) => {
      assert.equal(await store.write(FULL, 0), true);
      assert.deepEqual(await store.read(['full']), [FULL]);
      assert.deepEqual(await other.read(['full']), [FULL]);
    });

    test('forgets the fields that a later write leaves out', async ({ store }) => {
      await store.write(FULL, 0);
      assert.equal(await store.write(openCircuit('full', 2), 1), true);
      assert.deepEqual(await store.read(['full']), [openCircuit('full', 2)]);
    });

    test('reads many names at once, and a name given twice once', async ({ store }) => {
      const names = Array.from({ length: 120 }, (_, index) => `circuit-${index}`);
      await Promise.all(names.map((each) => store.write(openCircuit(each), 0)));
      const found = await store.read([...names, 'unknown', 'circuit-0']);
      assert.deepEqual(found.map((circuit) => circuit.name).toSorted(), names.toSorted());
    });

    test('refuses a write by who has not seen the latest, and tells what is stored', async ({ store, other }) => {
      await store.write(openCircuit('a', 1), 0);
      assert.deepEqual(await other.write(openCircuit('a', 9), 0), openCircuit('a', 1));
      assert.equal(await other.write(openCircuit('a', 2, 5), 1), true);
      assert.deepEqual(await store.write(openCircuit('a', 2, 6), 1), openCircuit('a', 2, 5));
      assert.deepEqual(await store.read(['a']), [openCircuit('a', 2, 5)]);
    });

    test('tells who expected a circuit that is gone that nothing is stored', async ({ store }) => {
      assert.deepEqual(await store.write(openCircuit('a', 4), 3), unwrittenCircuit('a'));
      assert.deepEqual(await store.read(['a']), []);
    });

    test('lets one of many writers at the same time win, and shows it to all others', async ({ store, other }) => {
      for (let generation = 1; generation <= 3; generation += 1) {
        const bids = Array.from({ length: 8 }, (_, index) => openCircuit('a', generation, 1_000_000 + index));
        const answers = await Promise.all(
          bids.map((bid, index) => (index % 2 ? store : other).write(bid, generation - 1)),
        );
        const winners = bids.filter((_, index) => answers[index] === true);
        assert.equal(winners.length, 1);
        for (const answer of answers) if (answer !== true) assert.deepEqual(answer, winners[0]);
      }
    });

    test('refuses a generation that does not grow', async ({ store }) => {
      await assert.rejects(store.write(openCircuit('a', 3), 3), { code: 'LC_CIRCUIT_STORE' });
      assert.deepEqual(await store.read(['a']), []);
    });

    test('takes names that are not plain', async ({ store }) => {
      const names = ['Ünï–ćode "quoted"', "it's", 'a/b:c#d', ' ', '__proto__', '["json"]'];
      for (const each of names) assert.equal(await store.write(openCircuit(each), 0), true);
      const found = await store.read(names);
      assert.deepEqual(found.map((circuit) => circuit.name).toSorted(), names.toSorted());
    });
  });
}
