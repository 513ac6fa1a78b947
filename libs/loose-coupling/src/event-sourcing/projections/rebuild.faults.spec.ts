import * as fc from 'fast-check';
import { FakeDynamoDb, FakeTable } from '../../aws/event-store/testing/fake-dynamodb.js';
import { DynamoDbEventStore } from '../../aws/event-store/dynamodb-event-store.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { EventStore } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { CheckpointStore } from '../subscriptions/checkpoint-store.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { event } from '../testing/event-store-under-test.js';
import { NO_CHAOS, ProcessChaos, type ChaosRates } from '../testing/process-chaos.js';
import { randomFrom } from '../testing/seeded-random.js';
import { SqliteFileOfRuns } from '../testing/sqlite-file-of-runs.js';
import { On, type ProjectionContext } from './on.decorator.js';
import { Projection } from './projection.decorator.js';
import { Projections } from './projections.js';

const SOAK = process.env['SOAK'] === '1';
jest.setTimeout(SOAK ? 3_600_000 : 120_000);

const LEASE = 1000;
const STREAMS = ['a-1', 'b-1'];

const file = new SqliteFileOfRuns();
afterAll(() => file.close());
afterEach(() => jest.restoreAllMocks());

interface Stores {
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
}
type Open = (chaos: ProcessChaos) => Stores;

const kinds: Record<string, (clock: FakeClock) => Promise<Open>> = {
  memory: async (clock) => {
    const store = new MemoryEventStore({ clock });
    return (chaos) => ({ store: chaos.wrap(store), checkpoints: chaos.wrap(store.checkpoints) });
  },
  'two connections to a SQLite file': async (clock) => {
    const [one, other] = await file.begin(clock);
    let opened = 0;
    return (chaos) => {
      const store = ((opened += 1) % 2 === 0 ? one : other) as typeof one & object;
      return { store: chaos.wrap(store), checkpoints: chaos.wrap(store.checkpoints) };
    };
  },
  'DynamoDB, in memory': async (clock) => {
    const table = new FakeTable();
    return (chaos) => {
      const api = new FakeDynamoDb(table, { at: (_operation, phase) => chaos.at(phase) });
      const store = new DynamoDbEventStore({ table: 'events', api, clock });
      return { store, checkpoints: store.checkpoints };
    };
  },
};

const plan = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    refused: fc.constantFrom(0, 0.05, 0.1),
    lostReplies: fc.constantFrom(0, 0.05, 0.1),
    crashes: fc.constantFrom(0, 0.005, 0.02),
    pauses: fc.constantFrom(0, 0.01),
  }),
});

function projection(version: number): object {
  class Seen {
    take(_data: unknown, { envelope, documents }: ProjectionContext<number[]>): void {
      documents.update(envelope.streamName, (seen) => [...(seen ?? []), envelope.version]);
    }
  }
  On<unknown>('x')(Seen.prototype, 'take', { value: Seen.prototype.take });
  Projection<number[]>({ name: 'seen', version, batchSize: 3, leaseDuration: LEASE })(Seen);
  return new Seen();
}

/** Processes of two versions that build, rebuild, cancel, crash and stand still, while somebody writes and reads. */
class Deployments {
  private readonly random: () => number;
  private readonly clock: FakeClock;
  private readonly processes: { chaos: ProcessChaos; projections: Projections; close: () => Promise<void> }[] = [];
  private readonly counts = new Map<string, number>();
  private readonly faults: string[] = [];
  private reached = 0;
  private version = 1;

  constructor(
    private readonly open: Open,
    private readonly settings: { readonly seed: number; readonly rates: ChaosRates },
    clock: FakeClock,
  ) {
    this.random = randomFrom(settings.seed);
    this.clock = clock;
  }

  async run(): Promise<string[]> {
    const calm = new ProcessChaos(NO_CHAOS, this.random, this.clock, 0);
    const reader = this.open(calm);
    this.deploy(this.settings.rates);
    for (let step = 0; step < 14; step += 1) {
      const stream = STREAMS[Math.floor(this.random() * 2)] as string;
      this.counts.set(stream, (this.counts.get(stream) ?? 0) + 1);
      await this.awaited(reader.store.appendToStream(stream, [event('x')]));
      await this.clock.advance(Math.floor(this.random() * 1500));
      await this.awaited(this.look(reader));
      if (step === 7) this.version = 2;
      const alive = this.processes.filter(({ chaos }) => !chaos.dead);
      if (alive.length < 2 || step === 7) this.deploy(this.settings.rates);
      const chosen = alive[Math.floor(this.random() * alive.length)];
      const what = this.random();
      // Whoever asks may die of it, or not be answered.
      if (chosen && what < 0.2) chosen.projections.rebuild('seen').catch(() => undefined);
      else if (chosen && what < 0.3) chosen.projections.cancelRebuild('seen').catch(() => undefined);
    }
    this.deploy(NO_CHAOS);
    for (const { chaos } of this.processes) chaos.end();
    const last = this.processes.at(-1)?.projections as Projections;
    await this.clock.advance(5 * LEASE);
    await this.awaited(last.rebuild('seen'));
    for (let rounds = 0; rounds < 100; rounds += 1) {
      await this.clock.advance(LEASE);
      await this.awaited(this.look(reader));
      const { live, building } = await this.awaited(last.status('seen'));
      if (live?.version === 2 && !building && live.lag.positions === 0) break;
    }
    await this.awaited(this.compare(last));
    await this.awaited(Promise.all(this.processes.filter(({ chaos }) => !chaos.dead).map(({ close }) => close())));
    return this.faults;
  }

  /** What is read never goes back, whichever build it is of; and it is whole, up to where it has come. */
  private async look({ checkpoints }: Stores): Promise<void> {
    const state = (await checkpoints.documents.getAll('lc-projections', ['seen'])).get('seen');
    const live = (state?.value as { live?: { version: number; run: number } } | undefined)?.live;
    if (!live) return;
    const name = `seen@${live.version}.${live.run}`;
    const position = (await checkpoints.read(name))?.position ?? 0;
    if (position < this.reached) this.faults.push(`readers went back from ${this.reached} to ${position} with ${name}`);
    this.reached = position;
    const documents = await checkpoints.documents.getAll(name, STREAMS);
    for (const [stream, { value }] of documents) {
      const seen = value as number[];
      if (seen.some((version, index) => version !== index + 1))
        this.faults.push(`${stream} of ${name} has ${seen.join()}`);
    }
  }

  private async compare(projections: Projections): Promise<void> {
    const { live } = await projections.status('seen');
    if (live?.version !== 2) this.faults.push(`version ${live?.version} serves in the end`);
    const found = await projections.readModel<number[]>('seen').getAll(STREAMS);
    for (const [stream, count] of this.counts) {
      const expected = Array.from({ length: count }, (_, index) => index + 1).join();
      const seen = (found.get(stream) ?? []).join();
      if (seen !== expected) this.faults.push(`${stream}: expected ${expected}, the read model has ${seen}`);
    }
  }

  private deploy(rates: ChaosRates): void {
    const chaos = new ProcessChaos(rates, this.random, this.clock, 2 * LEASE);
    const { clock } = this;
    const { store, checkpoints } = this.open(chaos);
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    const projections = new Projections({ store, checkpoints, subscriptions, clock, upcast: (one) => [one] });
    projections.add(projection(this.version));
    const close = async () => {
      await Promise.all([projections.close(), subscriptions.close()]);
    };
    this.processes.push({ chaos, projections, close });
    subscriptions.start();
    // A process that cannot start ends, and its orchestrator starts another one.
    projections.start().catch(async () => {
      chaos.end();
      await close();
      chaos.dead = true;
    });
  }

  private async awaited<Result>(work: Promise<Result>): Promise<Result> {
    const progress = { ended: false };
    work.then(
      () => (progress.ended = true),
      () => (progress.ended = true),
    );
    for (let rounds = 0; !progress.ended; rounds += 1) {
      if (rounds > 2000) throw new Error('The work did not end.');
      await this.clock.advance(rounds < 3 ? 0 : 20);
    }
    return work;
  }
}

describe.each(Object.entries(kinds))('builds of a projection whose processes fail, on %s', (_kind, open) => {
  it('show every event once, and never less than before', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (settings) => {
        // Waits have jitter; the same seed shall give the same run.
        jest.spyOn(Math, 'random').mockImplementation(randomFrom(settings.seed));
        const clock = new FakeClock();
        expect(await new Deployments(await open(clock), settings, clock).run()).toEqual([]);
      }),
      { seed: 42, numRuns: SOAK ? 2_000 : 30 },
    );
  });
});
