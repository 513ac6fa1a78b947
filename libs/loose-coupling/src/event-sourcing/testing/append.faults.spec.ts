import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import type { EventStore } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { OutboxStorage } from '../outbox/outbox-storage.js';
import { codeOf, collect, event, message } from './event-store-under-test.js';
import { ProcessChaos, type ChaosRates } from './process-chaos.js';
import { randomFrom } from './seeded-random.js';
import { SqliteFileOfRuns } from './sqlite-file-of-runs.js';

const SOAK = process.env['SOAK'] === '1';
jest.setTimeout(SOAK ? 3_600_000 : 60_000);

type Opened = EventStore & { readonly outbox: OutboxStorage };
interface Shared {
  readonly stores: readonly Opened[];
  close(): Promise<void>;
}

const file = new SqliteFileOfRuns();
afterAll(() => file.close());

const kinds: Record<string, (clock: FakeClock) => Promise<Shared>> = {
  memory: async (clock) => {
    const store = new MemoryEventStore({ clock });
    return { stores: [store], close: () => store.close() };
  },
  'two connections to a SQLite file': async (clock) => ({
    stores: await file.begin(clock),
    close: async () => undefined,
  }),
};

interface Plan {
  readonly seed: number;
  readonly rates: ChaosRates;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    refused: fc.constantFrom(0, 0.1, 0.3),
    lostReplies: fc.constantFrom(0, 0.1, 0.3),
    crashes: fc.constantFrom(0, 0.03),
    pauses: fc.constant(0),
  }),
});

const STREAMS = ['a-1', 'b-1'];
const never = 'never';

/** Several writers of two streams, some of which die; whoever is not answered sends the same commit again. */
class Writers {
  private readonly random: () => number;
  readonly clock = new FakeClock();
  readonly acknowledged: string[] = [];
  readonly attempted = new Set<string>();

  constructor(
    private readonly settings: Plan,
    private readonly retryWithId: boolean,
  ) {
    this.random = randomFrom(settings.seed);
  }

  async run({ stores }: Shared): Promise<void> {
    const writers = [0, 1, 2].map((index) => this.write(stores[index % stores.length] as Opened, `w${index}`));
    const progress = { ended: false };
    void Promise.all(writers).then(() => (progress.ended = true));
    for (let rounds = 0; !progress.ended && rounds < 500; rounds += 1) await this.clock.advance(10);
    if (!progress.ended) throw new Error('The writers did not end.');
  }

  private async write(store: Opened, writer: string): Promise<void> {
    const chaos = new ProcessChaos(this.settings.rates, this.random, this.clock, 0);
    for (let number = 0; number < 6; number += 1) {
      const text = `${writer}/${number}`;
      this.attempted.add(text);
      const both = this.random() < 0.2;
      const streams = both ? STREAMS : [STREAMS[Math.floor(this.random() * 2)] as string];
      // The last one's expectation may be wrong by the time it is written.
      const exact = this.random() < 0.5;
      for (let attempt = 1; attempt < 50; attempt += 1) {
        const commit = async () => {
          const appends = [];
          for (const streamName of streams) {
            const version = (await collect(store.readStream(streamName))).length;
            appends.push({ streamName, events: [event('x', { text })], ...(exact && { expectedVersion: version }) });
          }
          return store.commit({
            appends,
            messages: [message(text, streams[0])],
            ...(this.retryWithId && { commitId: text }),
          });
        };
        const outcome = await Promise.race([
          chaos.around(commit).then(
            () => 'done',
            (error: { code?: string; message: string }) => error.code ?? error.message,
          ),
          this.deathOf(chaos),
        ]);
        if (outcome === never) return;
        if (outcome !== 'done') continue;
        this.acknowledged.push(text);
        break;
      }
    }
  }

  private async deathOf(chaos: ProcessChaos): Promise<string> {
    while (!chaos.dead) await new Promise<void>((resolve) => this.clock.setTimer(resolve, 5));
    return never;
  }
}

const textOf = ({ data }: { readonly data: unknown }): string => (data as { text: string }).text;

/** What is wrong; nothing is. */
async function check(
  open: (clock: FakeClock) => Promise<Shared>,
  settings: Plan,
  retryWithId = true,
): Promise<string[]> {
  const writers = new Writers(settings, retryWithId);
  const shared = await open(writers.clock);
  const faults: string[] = [];
  try {
    await writers.run(shared);
    const [store] = shared.stores as [Opened];
    const feed = await collect(store.readAll());
    if (feed.some(({ position }, index) => position <= (feed[index - 1]?.position ?? 0)))
      faults.push('positions do not grow');
    for (const streamName of STREAMS) {
      const stream = await collect(store.readStream(streamName));
      const texts = stream.map(textOf);
      if (stream.some(({ version }, index) => version !== index + 1)) faults.push(`${streamName} has gaps`);
      if (new Set(texts).size !== texts.length) faults.push(`${streamName} has doubles: ${texts.join()}`);
      const inFeed = feed.filter((one) => one.streamName === streamName);
      if (JSON.stringify(inFeed) !== JSON.stringify(stream)) faults.push(`${streamName} is not in the feed as it is`);
    }
    const stored = new Set(feed.map(textOf));
    for (const text of writers.acknowledged) if (!stored.has(text)) faults.push(`${text} was acknowledged and is lost`);
    for (const text of stored) if (!writers.attempted.has(text)) faults.push(`${text} was never sent`);
    const outgoing = (await store.outbox.pending(0, 1000)).map(({ envelope }) => envelope.id).toSorted();
    if (outgoing.join() !== [...stored].toSorted().join()) faults.push(`the outbox has ${outgoing.join()}`);
  } finally {
    await shared.close();
  }
  return faults;
}

describe.each(Object.entries(kinds))('writers that crash and lose replies, on %s', (_kind, open) => {
  it('lose, double and reorder nothing', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (settings) => {
        expect(await check(open, settings)).toEqual([]);
      }),
      { seed: 42, numRuns: SOAK ? 10_000 : 100 },
    );
  });

  it('would double what is sent again without the id of its commit', async () => {
    const run = await fc.check(
      fc.asyncProperty(plan, async (settings) => (await check(open, settings, false)).length === 0),
      { seed: 42, numRuns: 100, endOnFailure: true },
    );
    expect(String(run.errorInstance)).toContain('returning false');
  });

  it('refuses all but one of those that expect the same version', async () => {
    const clock = new FakeClock();
    const { stores, close } = await open(clock);
    for (let version = 0; version < 50; version += 1) {
      const outcomes = await Promise.all(
        [0, 1, 2, 3].map((index) => {
          const append = (stores[index % stores.length] as Opened).appendToStream('a-1', [event('x')], {
            expectedVersion: version,
          });
          return append.then(
            () => 'stored',
            () => codeOf(append),
          );
        }),
      );
      expect(outcomes.toSorted()).toEqual([...Array(3).fill('LC_WRONG_EXPECTED_VERSION'), 'stored']);
    }
    await close();
  });
});
