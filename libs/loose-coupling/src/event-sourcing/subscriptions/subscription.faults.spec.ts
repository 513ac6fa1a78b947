import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Clock, type Timer } from '../../kernel/index.js';
import { openDatabase } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { ProjectorWorld, type ProjectorPlan, type SharedStore } from '../testing/projector-world.js';
import { randomFrom } from '../testing/seeded-random.js';
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
  const store = new MemoryEventStore({ clock });
  const checkpoints = unsafe(store.checkpoints);
  return {
    open: (chaos) => ({ store: chaos.wrap(store), checkpoints: chaos.wrap(checkpoints) }),
    close: () => store.close(),
  };
};

/** Time of the run in progress. */
class ClockOfRun extends Clock {
  current: Clock = new FakeClock();

  override now(): number {
    return this.current.now();
  }

  override monotonic(): number {
    return this.current.monotonic();
  }

  override setTimer(callback: () => void, delayMs: number, options?: { unref?: boolean }): Timer {
    return this.current.setTimer(callback, delayMs, options);
  }
}

/** Two connections that serve many runs, as the driver keeps files of closed ones open until memory is short. */
class SharedFile {
  private static readonly clock = new ClockOfRun();
  private static current: SharedFile | undefined;
  private runs = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'lc-projector-'));
  private readonly file = join(this.folder, 'events.db');
  private readonly clock = SharedFile.clock;
  private readonly stores = [1, 2].map(() => new SqliteEventStore({ file: this.file, clock: this.clock }));
  private readonly database = openDatabase({ file: this.file });

  static async begin(clock: Clock): Promise<SharedFile> {
    if ((SharedFile.current?.runs ?? 0) >= 200) await SharedFile.end();
    SharedFile.clock.current = clock;
    SharedFile.current ??= new SharedFile();
    SharedFile.current.empty();
    return SharedFile.current;
  }

  static async end(): Promise<void> {
    await SharedFile.current?.close();
    SharedFile.current = undefined;
  }

  store(): SqliteEventStore {
    this.runs += 1;
    return this.stores[this.runs % this.stores.length] as SqliteEventStore;
  }

  private empty(): void {
    for (const table of ['lc_events', 'lc_checkpoints', 'lc_parked_events', 'lc_documents', 'lc_document_lists']) {
      this.database.exec(`DELETE FROM ${table}`);
    }
  }

  private async close(): Promise<void> {
    this.database.close();
    await Promise.all(this.stores.map((store) => store.close()));
    rmSync(this.folder, { recursive: true });
  }
}

afterAll(() => SharedFile.end());

const onFile: Kind = async (clock) => {
  const file = await SharedFile.begin(clock);
  return {
    open: (chaos) => {
      const store = file.store();
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
