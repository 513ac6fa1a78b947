import * as fc from 'fast-check';
import { FakeClock } from '../../../testing/fake-clock.js';
import { collect, event, message } from '../../../event-sourcing/testing/event-store-under-test.js';
import { DynamoDbEventStore } from '../dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable, ServiceFault } from './fake-dynamodb.js';
import type { DynamoDbApi } from '../dynamodb-api.js';

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Chaos {
  readonly seed: number;
  /** Of all calls. */
  readonly lostReplies: number;
  readonly throttled: number;
  readonly staleIndex: number;
  /** Of all calls: the process does nothing more, as if killed. */
  readonly crashes: number;
}

export const chaos: fc.Arbitrary<Chaos> = fc.record({
  seed: fc.integer(),
  lostReplies: fc.constantFrom(0, 0.05, 0.3),
  throttled: fc.constantFrom(0, 0.1),
  staleIndex: fc.constantFrom(0, 0.5, 0.9),
  crashes: fc.constantFrom(0, 0.01, 0.04),
});

const forEver = new Promise<never>(() => undefined);

/** Takes something away from what a process can do with the table. */
export type Weaken = (api: DynamoDbApi) => Partial<DynamoDbApi>;

const asItIs: Weaken = () => ({});

/** Several processes that write, sequence and publish on one table, some of which die and are replaced. */
class World {
  readonly table = new FakeTable();
  readonly clock = new FakeClock();
  private readonly random: () => number;
  private calm = false;
  /** Acknowledged, by stream. */
  readonly acknowledged: { stream: string; text: string }[] = [];
  /** Attempted; may be stored although nobody was told, as the writer died. */
  readonly attempted = new Set<string>();
  readonly published: string[] = [];

  constructor(
    private readonly settings: Chaos,
    private readonly weaken: Weaken,
  ) {
    this.random = randomFrom(settings.seed);
  }

  open(): { store: DynamoDbEventStore; isDead: () => boolean } {
    let dead = false;
    const at = async (_operation: string, phase: 'before' | 'after') => {
      // Others may go first at every call.
      for (let turns = Math.floor(this.random() * 3); turns > 0; turns -= 1) await Promise.resolve();
      if (dead) return forEver;
      if (this.calm) return undefined;
      if (this.random() < this.settings.crashes) {
        dead = true;
        return forEver;
      }
      if (phase === 'before' && this.random() < this.settings.throttled) throw new ServiceFault('ThrottlingException');
      if (phase === 'after' && this.random() < this.settings.lostReplies) throw new ServiceFault('TimeoutError');
      return undefined;
    };
    const isIndexCurrent = () => this.calm || this.random() >= this.settings.staleIndex;
    const table = new FakeDynamoDb(this.table, { at, isIndexCurrent });
    const api = { ...table, ...this.weaken(table), destroy: () => undefined };
    return { store: new DynamoDbEventStore({ table: 'events', api, clock: this.clock }), isDead: () => dead };
  }

  async run(): Promise<void> {
    const writers = Array.from({ length: 3 }, (_, index) => this.write(index));
    const publishers = [this.publish(), this.publish()];
    await this.settle(Promise.all([...writers, ...publishers]));
    this.calm = true;
  }

  /** Moves the clock until the work has ended: retries and dead processes wait for it. */
  private async settle(work: Promise<unknown>): Promise<void> {
    const progress = { ended: false };
    void work.finally(() => (progress.ended = true));
    for (let steps = 0; !progress.ended && steps < 2000; steps += 1) await this.clock.advance(250);
    if (!progress.ended) throw new Error('The work did not end.');
  }

  private async write(writer: number): Promise<void> {
    let process = this.open();
    for (let number = 0; number < 6; number += 1) {
      const stream = `s-${Math.floor(this.random() * 2)}`;
      const text = `${writer}/${number}`;
      this.attempted.add(text);
      const streams = this.random() < 0.25 ? [stream, stream === 's-0' ? 's-1' : 's-0'] : [stream];
      const count = this.random() < 0.3 ? 2 : 1;
      const appends = streams.map((streamName) => ({
        streamName,
        events: Array.from({ length: count }, (_, index) => event('x', { text: `${text}#${index}` })),
      }));
      const outcome = await this.orDeath(process, process.store.commit({ appends, messages: [message(text, stream)] }));
      if (outcome === 'dead') process = this.open();
      else if (outcome === 'done') for (const name of streams) this.acknowledged.push({ stream: name, text });
      // Readers put into the feed what they miss there, at the same time as others.
      if (this.random() < 0.7) {
        const reading = await this.orDeath(process, collect(process.store.readAll()));
        if (reading === 'dead') process = this.open();
      }
    }
  }

  /** A relay reduced to its core: what is pending is published, then settled. */
  private async publish(): Promise<void> {
    let process = this.open();
    const holder = `holder-${this.random()}`;
    for (let round = 0; round < 12; round += 1) {
      const { outbox } = process.store;
      const outcome = await this.orDeath(
        process,
        (async () => {
          const lease = await outbox.acquire(holder, 2_000);
          if (lease.holder !== holder) return;
          const entries = await outbox.pending(0, 5);
          for (const { envelope } of entries) this.published.push(envelope.id);
          await outbox.settle(lease, { published: entries.map(({ id }) => id), parked: [] });
        })(),
      );
      if (outcome === 'dead') process = this.open();
      await new Promise<void>((resolve) => this.clock.setTimer(resolve, 500));
    }
  }

  private async orDeath(
    process: { isDead: () => boolean },
    work: Promise<unknown>,
  ): Promise<'done' | 'failed' | 'dead'> {
    let outcome: 'done' | 'failed' | undefined;
    work.then(
      () => (outcome = 'done'),
      () => (outcome = 'failed'),
    );
    for (;;) {
      await new Promise<void>((resolve) => this.clock.setTimer(resolve, 10));
      if (outcome) return outcome;
      if (process.isDead()) return 'dead';
    }
  }
}

const textsOf = (events: readonly { data: unknown }[]): string[] =>
  events.map(({ data }) => (data as { text: string }).text);

/** Lets the world run, and looks for what was lost, doubled, reordered or missed. */
export async function checkWorld(settings: Chaos, weaken: Weaken = asItIs): Promise<void> {
  const world = new World(settings, weaken);
  await world.run();
  const { store } = world.open();
  const feed = await collect(store.readAll());
  // Dense and once: nothing missed, nothing twice.
  expect(feed.map(({ position }) => position)).toEqual(feed.map((_, index) => index + 1));
  for (const streamName of ['s-0', 's-1']) {
    const events = await collect(store.readStream(streamName));
    const texts = textsOf(events);
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    expect(new Set(texts).size).toBe(texts.length);
    for (const { stream, text } of world.acknowledged) if (stream === streamName) expect(texts).toContain(`${text}#0`);
    // In the feed each stream is as it was written.
    expect(feed.filter((one) => one.streamName === streamName)).toEqual(events);
  }
  // What was committed together stands together, so that no reader sees half of it for long.
  const runs = textsOf(feed)
    .map((text) => text.split('#')[0])
    .filter((text, index, all) => text !== all[index - 1]);
  expect(new Set(runs).size).toBe(runs.length);
  const left = (await store.outbox.pending(0, 1000)).map(({ envelope }) => envelope.id);
  const published = [...new Set(world.published)];
  // Every message of what is stored is published or pending, and none of what is not stored.
  const stored = new Set(textsOf(feed).map((text) => text.split('#')[0] ?? ''));
  expect(new Set([...published, ...left])).toEqual(stored);
  for (const text of stored) expect(world.attempted.has(text)).toBe(true);
  await store.close();
}
