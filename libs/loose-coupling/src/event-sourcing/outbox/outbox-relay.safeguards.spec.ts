import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { ProcessChaos } from '../testing/process-chaos.js';
import { RelayWorld, withMethods, type RelayPlan, type SharedOutbox } from '../testing/relay-world.js';
import { SqliteFileOfRuns } from '../testing/sqlite-file-of-runs.js';
import type { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { randomFrom } from '../testing/seeded-random.js';
import type { OutboxLease, OutboxStorage } from './outbox-storage.js';

const SOAK = process.env['SOAK'] === '1';
jest.setTimeout(SOAK ? 3_600_000 : 120_000);

const plan: fc.Arbitrary<RelayPlan> = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    refused: fc.constantFrom(0, 0.05, 0.2),
    lostReplies: fc.constantFrom(0, 0.05, 0.2),
    crashes: fc.constantFrom(0, 0.01, 0.05),
    pauses: fc.constantFrom(0, 0.02, 0.1, 0.2),
  }),
  poison: fc.constantFrom(0, 0.2, 0.5),
  mends: fc.constantFrom(0.1, 0.5),
  busy: fc.constantFrom(0, 0.2, 0.7),
});

/** Takes something away from what keeps relays apart. Called once for each world, then for each process. */
type Weaken = () => (storage: OutboxStorage) => Partial<OutboxStorage>;

type Kind = (clock: FakeClock, weaken: Weaken) => SharedOutbox | Promise<SharedOutbox>;

const inMemory = (clock: FakeClock, weaken: Weaken): SharedOutbox => {
  const store = new MemoryEventStore({ clock });
  const weaker = weaken();
  const open = (chaos: ProcessChaos) => chaos.wrap(withMethods(store.outbox, weaker(store.outbox)));
  return { store, open, close: () => store.close() };
};

const file = new SqliteFileOfRuns();
afterAll(() => file.close());

const onFile = async (clock: FakeClock): Promise<SharedOutbox> => {
  const stores = await file.begin(clock);
  let opened = 0;
  return {
    store: stores[0] as SqliteEventStore,
    open: (chaos) => chaos.wrap((stores[(opened += 1) % stores.length] as SqliteEventStore).outbox),
    close: async () => undefined,
  };
};

async function check(settings: RelayPlan, kind: Kind, weaken: Weaken = () => () => ({})): Promise<string[]> {
  // Waits have jitter; the same seed shall give the same run.
  jest.spyOn(Math, 'random').mockImplementation(randomFrom(settings.seed));
  const clock = new FakeClock();
  return new RelayWorld(settings, await kind(clock, weaken), clock).run();
}

afterEach(() => jest.restoreAllMocks());

describe.each([
  ['memory', inMemory, SOAK ? 10_000 : 300],
  ['two connections to a SQLite file', onFile, SOAK ? 10_000 : 60],
] as const)('relays that crash, stand still and lose replies, on %s', (_name, kind, numRuns) => {
  it('lose and reorder nothing, and publish nothing more when another has taken over', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (settings) => {
        expect(await check(settings, kind)).toEqual([]);
      }),
      { seed: 42, numRuns },
    );
  });
});

/** What is written is written for whoever has the lease. */
const settledByAnyone: Weaken = () => {
  let current: OutboxLease | undefined;
  return (storage) => ({
    acquire: async (holder, duration) => (current = await storage.acquire(holder, duration)),
    settle: (lease, settlement) => storage.settle(current ?? lease, settlement),
  });
};

/** The lease does not tell whether another had it meanwhile. */
const withoutEpochs: Weaken = () => {
  const leases = new Map<string, OutboxLease>();
  const real = (lease: OutboxLease) => leases.get(lease.holder) ?? lease;
  const shown = (lease: OutboxLease): OutboxLease => {
    leases.set(lease.holder, lease);
    return { ...lease, epoch: 1 };
  };
  return (storage) => ({
    acquire: async (holder, duration) => shown(await storage.acquire(holder, duration)),
    renew: async (lease, duration) => shown(await storage.renew(real(lease), duration)),
    release: (lease) => storage.release(real(lease)),
    settle: (lease, settlement) => storage.settle(real(lease), settlement),
  });
};

const SAFEGUARDS: Readonly<Record<string, Weaken>> = {
  'one relay has the lease at a time': () => (storage) => ({
    acquire: async (holder, duration) => ({ ...(await storage.acquire(holder, duration)), holder }),
  }),
  'a lease that was lost is not prolonged': () => () => ({
    renew: async (lease, duration) => ({ ...lease, expiresAt: lease.expiresAt + duration }),
  }),
  'only who has the lease settles': settledByAnyone,
  'what a relay remembers is dropped when another has worked': withoutEpochs,
};

/** Worlds like those above in which much happens at the same time. */
const harsh: fc.Arbitrary<RelayPlan> = fc.record({
  seed: fc.integer(),
  rates: fc.constant({ refused: 0, lostReplies: 0.05, crashes: 0.01, pauses: 0.1 }),
  poison: fc.constant(0.5),
  mends: fc.constant(0.5),
  busy: fc.constant(0.7),
});

describe.each(Object.entries(SAFEGUARDS))('without the safeguard that %s', (_safeguard, weaken) => {
  it('relays are found to be wrong', async () => {
    const found = await fc.check(
      fc.asyncProperty(harsh, async (settings) => (await check(settings, inMemory, weaken)).length === 0),
      { seed: 42, numRuns: 10_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
    expect(String(found.errorInstance)).toContain('returning false');
  });
});
