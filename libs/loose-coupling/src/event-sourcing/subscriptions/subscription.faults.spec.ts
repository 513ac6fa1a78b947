import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { damagingProtection, isIn } from '../testing/damaging-protection.js';
import { ProjectorWorld, type ProjectorPlan, type SharedStore } from '../testing/projector-world.js';
import { randomFrom } from '../testing/seeded-random.js';
import { SqliteFileOfRuns } from '../testing/sqlite-file-of-runs.js';
import type { CheckpointMove, CheckpointStore } from './checkpoint-store.js';

const SOAK = process.env['SOAK'] === '1';
jest.setTimeout(SOAK ? 3_600_000 : 120_000);

const plan: fc.Arbitrary<ProjectorPlan> = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    refused: fc.constantFrom(0, 0.05, 0.2),
    lostReplies: fc.constantFrom(0, 0.05, 0.2),
    crashes: fc.constantFrom(0, 0.01, 0.05),
    pauses: fc.constantFrom(0, 0.02, 0.05),
  }),
  partitions: fc.constantFrom(1, 1, 2),
  batchSize: fc.constantFrom(1, 3, 100),
  poison: fc.constantFrom(0, 0.15),
});

afterEach(() => jest.restoreAllMocks());

type Unsafe = (checkpoints: CheckpointStore) => CheckpointStore;
type Kind = (clock: FakeClock, unsafe?: Unsafe) => SharedStore | Promise<SharedStore>;

const inMemory: Kind = (clock, unsafe = (safe) => safe) => {
  const damaged = new Set<string>();
  const store = new MemoryEventStore({ clock, protection: damagingProtection(isIn(damaged)) });
  const checkpoints = unsafe(store.checkpoints);
  return {
    damaged,
    open: (chaos) => ({ store: chaos.wrap(store), checkpoints: chaos.wrap(checkpoints) }),
    close: () => store.close(),
  };
};

const file = new SqliteFileOfRuns();
afterAll(() => file.close());

const onFile: Kind = async (clock) => {
  const stores = await file.begin(clock);
  let opened = 0;
  return {
    damaged: file.damaged,
    open: (chaos) => {
      const store = stores[(opened += 1) % stores.length] as SqliteEventStore;
      return { store: chaos.wrap(store), checkpoints: chaos.wrap(store.checkpoints) };
    },
    close: async () => undefined,
  };
};

const check = async (kind: Kind, settings: ProjectorPlan, unsafe?: Unsafe): Promise<string[]> => {
  // Waits have jitter; the same seed shall give the same run.
  jest.spyOn(Math, 'random').mockImplementation(randomFrom(settings.seed));
  const clock = new FakeClock();
  return new ProjectorWorld(settings, await kind(clock, unsafe), clock).run();
};

describe.each([
  ['memory', inMemory, SOAK ? 10_000 : 150],
  ['two connections to a SQLite file', onFile, SOAK ? 10_000 : 60],
] as const)('projectors that crash, stand still and lose replies, on %s', (_name, kind, numRuns) => {
  it('miss, double and reorder nothing', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (settings) => {
        expect(await check(kind, settings)).toEqual([]);
      }),
      { seed: 42, numRuns },
    );
  });
});

/** A store of which one method does something else. */
const withMove =
  (
    move: (inner: CheckpointStore, ...args: Parameters<CheckpointStore['move']>) => ReturnType<CheckpointStore['move']>,
  ): Unsafe =>
  (inner) =>
    new Proxy(inner, {
      get: (target, key) => {
        if (key === 'move') return (...args: Parameters<CheckpointStore['move']>) => move(inner, ...args);
        const member: unknown = Reflect.get(target, key, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

const unsafeStores: Record<string, Unsafe> = {
  'whoever moves a checkpoint is let': withMove(async (inner, lease, move) => {
    const current = (await inner.read(lease.name)) ?? lease;
    const { documents = [] } = move;
    const found = await inner.documents.getAll(
      'seen',
      documents.map(({ key }) => key),
    );
    const anyway = documents.map((change) => ({ ...change, before: found.get(change.key) }));
    return inner.move(current, { ...move, from: current.position, documents: anyway });
  }),
  'the checkpoint moves before the read model': withMove(async (inner, lease, { documents = [], ...move }) => {
    const moved = await inner.move(lease, move);
    await later();
    if (Math.abs(move.to * 7919) % 10 === 0) throw new Error('crash between the two');
    return documents.length > 0 ? inner.move(moved, { from: move.to, to: move.to, documents }) : moved;
  }),
  'the read model changes before the checkpoint moves': withMove(async (inner, lease, { documents = [], ...move }) => {
    const changed =
      documents.length > 0 ? await inner.move(lease, { from: move.from, to: move.from, documents }) : lease;
    if (Math.abs(move.to * 7919) % 10 === 0 && documents.length > 0) {
      await later();
      throw new Error('crash between the two');
    }
    return inner.move(changed, move);
  }),
  'events behind a parked one are not parked': withMove((inner, lease, move) => {
    const parked = (move.parked ?? []).filter(({ reason }) => !reason.startsWith('An earlier event'));
    return inner.move(lease, { ...move, parked } satisfies CheckpointMove);
  }),
};

describe('the test of projectors', () => {
  it.each(Object.entries(unsafeStores))('notices when %s', async (_name, unsafe) => {
    const run = await fc.check(
      fc.asyncProperty(plan, async (settings) => (await check(inMemory, settings, unsafe)).length === 0),
      { seed: 42, numRuns: 300, endOnFailure: true },
    );
    expect(String(run.errorInstance)).toContain('returning false');
  });
});
