import assert from 'node:assert/strict';
import { isLooseCouplingError } from '../../kernel/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import { UnreadableEventError } from '../errors/unreadable-event.error.js';
import { waitForProjection } from '../projections/wait-for-projection.js';
import { globalFramework } from './contract-framework.js';
import type { DrivenClock } from './process-chaos.js';
import { labelOf, openDamageable, type DamageableStoreFactory, type KeyFault } from './damaged-store.js';

type World = ReturnType<typeof openDamageable>;

/** What becomes of events that were damaged after they were stored. @param damages names of the store's own */
export function describeDamagedEvents(
  name: string,
  create: DamageableStoreFactory,
  damages: readonly string[],
  newClock: () => DrivenClock,
  { describe, it: test } = globalFramework(),
): void {
  const it = (text: string, work: (world: World) => Promise<void>) =>
    test(text, async () => {
      const world = openDamageable(create, newClock());
      try {
        await work(world);
      } finally {
        await world.end();
      }
    });

  /** The second stream's first event is damaged: all else is handled, and the rest after the mend. */
  const isParkedAndReplayed = async (world: World, damage: () => () => void, code: string): Promise<void> => {
    const { append, seen, subscribe, until } = world;
    await append('a', 'b', 'a', 'b', 'c');
    const mend = damage();
    const told: unknown[] = [];
    world.subscriptions.onParked((event, error) => told.push(labelOf(event), codesOf(error)));
    const subscription = subscribe();
    await until(async () => (await subscription.parked()).length === 2);
    for (const stream of ['b', 'c']) await world.store.appendToStream(stream, [{ type: 'plain', data: {} }]);
    await until(async () => (await subscription.lag()).positions === 0);
    assert.deepEqual(seen, ['a@1', 'a@2', 'c@1', 'c@2']);
    assert.deepEqual(told, ['b@1', ['LC_UNREADABLE_EVENT', code]]);
    const parked = await subscription.parked();
    assert.deepEqual(
      parked.map(({ streamName, version }) => `${streamName}@${version}`),
      ['b@1', 'b@2', 'b@3'],
    );
    assert.match(parked[0]?.reason ?? '', /^UnreadableEventError: .* version 1 of the stream "b", position 2 /);
    assert.match(parked[1]?.reason ?? '', /^An earlier event of "b" is parked/);
    await subscription.replayParked('b');
    await until(async () => (await subscription.parked()).every(({ due }) => !due));
    assert.equal((await subscription.parked()).length, 3);
    mend();
    await subscription.replayParked();
    await until(async () => (await subscription.parked()).length === 0);
    await append('b');
    await until(() => seen.length === 8);
    assert.deepEqual(seen.slice(4), ['b@1', 'b@2', 'b@3', 'b@4']);
  };

  describe(`damaged events: ${name}`, () => {
    it('parks what was tampered with and its successors, goes on with others, and replays after the mend', (world) =>
      isParkedAndReplayed(world, () => world.tamper('b', 1), 'LC_TAMPERED_DATA'));

    for (const fault of ['lost', 'damaged'] satisfies KeyFault[]) {
      it(`does so when a key is ${fault}`, (world) =>
        isParkedAndReplayed(
          world,
          () => {
            world.keys.faults.set('b', fault);
            return () => world.keys.faults.clear();
          },
          'LC_DATA_KEY_UNAVAILABLE',
        ));
    }

    for (const damage of damages) {
      it(`does so when ${damage}`, (world) =>
        isParkedAndReplayed(world, () => world.damages[damage]?.('b', 1) ?? failed(damage), 'none'));

      it(`reads all else when ${damage}, also from the stored form`, async ({ store, append, ...world }) => {
        await append('a', 'b', 'b', 'c');
        world.damages[damage]?.('b', 2);
        const { events, error } = await readUntilError(store.readAll());
        assert.deepEqual(events.map(labelOf), ['a@1', 'b@1']);
        assert.deepEqual(placeOf(error), { streamName: 'b', version: 2, position: 3 });
        assert.deepEqual((await readUntilError(store.readAll({ afterPosition: 3 }))).events.map(labelOf), ['c@1']);
        assert.equal((await readUntilError(store.readStream('b'))).events.length, 1);
      });
    }

    it('tries again while the store of keys is away, with growing waits, and parks nothing', async (world) => {
      const { append, seen, subscribe, keys, clock, until, reports } = world;
      await append('a', 'b', 'c');
      keys.faults.set('b', 'away');
      const subscription = subscribe();
      for (let seconds = 0; seconds < 100; seconds += 1) await clock.advance(1_000);
      assert.deepEqual(await subscription.parked(), []);
      assert.deepEqual(seen, []);
      assert.ok(reports.length > 5 && reports.length < 20, `${reports.length} attempts in 100 s`);
      keys.faults.clear();
      for (let seconds = 0; seconds < 30; seconds += 1) await clock.advance(1_000);
      await until(() => seen.length === 3);
      assert.deepEqual(await subscription.parked(), []);
    });

    it('waits for keys also where it is a handler that needs one, and parks nothing', async (world) => {
      const { store, append, subscriptions, keys, clock, until } = world;
      await append('a');
      await store.appendToStream('b', [{ type: 'plain', data: {} }]);
      await store.appendToStream('c', [{ type: 'plain', data: {} }]);
      await store.lastPosition();
      keys.faults.set('a', 'away');
      const seen: string[] = [];
      const subscription = subscriptions.subscribe(
        { name: 'loaders', types: ['plain'], from: 1, retry: { maxAttempts: 3, initialDelay: 10, jitter: 'none' } },
        async (event) => {
          for await (const _ of store.readStream('a')) seen.push(labelOf(event));
        },
      );
      for (let seconds = 0; seconds < 100; seconds += 1) await clock.advance(1_000);
      assert.deepEqual(await subscription.parked(), []);
      // That it will never be had is another matter.
      keys.faults.set('a', 'damaged');
      for (let seconds = 0; seconds < 40; seconds += 1) await clock.advance(1_000);
      await until(async () => (await subscription.parked()).length === 2);
      keys.faults.set('a', 'away');
      await subscription.replayParked();
      for (let seconds = 0; seconds < 40; seconds += 1) await clock.advance(1_000);
      assert.deepEqual(
        (await subscription.parked()).map(({ due }) => due),
        [true, true],
      );
      assert.deepEqual(seen, []);
      keys.faults.clear();
      for (let seconds = 0; seconds < 40; seconds += 1) await clock.advance(1_000);
      await until(() => seen.length === 2);
      assert.deepEqual(seen, ['b@1', 'c@1']);
    });

    it('parks nothing again while the store of keys is away, and replays when it is back', async (world) => {
      const { append, seen, subscribe, keys, clock, until } = world;
      await append('a', 'b');
      keys.faults.set('b', 'damaged');
      const subscription = subscribe();
      await until(async () => (await subscription.parked()).length === 1);
      keys.faults.set('b', 'away');
      await subscription.replayParked();
      await clock.advance(10_000);
      assert.deepEqual(
        (await subscription.parked()).map(({ due }) => due),
        [true],
      );
      keys.faults.clear();
      await until(async () => (await subscription.parked()).length === 0);
      assert.deepEqual(seen, ['a@1', 'b@1']);
    });

    it('handles what is forgotten, whatever became of other keys', async ({
      append,
      seen,
      subjects,
      keys,
      ...world
    }) => {
      await append('a', 'b', 'a');
      keys.faults.set('b', 'lost');
      await subjects.forget('a');
      const subscription = world.subscribe({ types: ['registered'] });
      await world.until(async () => (await subscription.lag()).positions === 0);
      assert.deepEqual(seen, ['a@1', 'a@2']);
      assert.equal((await subscription.parked()).length, 1);
    });

    it('may be mended between two attempts, and is then not parked', async ({ append, seen, keys, ...world }) => {
      await append('a', 'b');
      keys.faults.set('b', 'damaged');
      const subscription = world.subscribe({ retry: { maxAttempts: Infinity, initialDelay: 10 } });
      await world.clock.advance(5_000);
      assert.deepEqual(seen, ['a@1']);
      keys.faults.clear();
      await world.until(() => seen.length === 2);
      assert.deepEqual(await subscription.parked(), []);
    });

    it('lets a subscription pass by that has no use for the type', async ({ store, append, tamper, ...world }) => {
      await append('a');
      await store.appendToStream('a', [{ type: 'other', data: {} }]);
      tamper('a', 1);
      const subscription = world.subscribe({ types: ['other'] });
      await world.until(() => world.seen.length === 1);
      assert.deepEqual(await subscription.parked(), []);
    });

    it('keeps partitions apart', async ({ append, tamper, seen, ...world }) => {
      await append('a', 'b', 'c', 'a', 'b', 'c');
      tamper('b', 1);
      const subscription = world.subscribe({ partitions: 3 });
      await world.until(async () => (await subscription.parked()).length === 2);
      await world.until(() => seen.length === 4);
      assert.deepEqual(seen.toSorted(), ['a@1', 'a@2', 'c@1', 'c@2']);
    });

    it('is told to whoever reads, after what comes before it', async ({ store, append, tamper }) => {
      await append('a', 'b', 'a', 'b');
      tamper('b', 1);
      const feed = await readUntilError(store.readAll());
      assert.deepEqual(feed.events.map(labelOf), ['a@1']);
      assert.deepEqual(placeOf(feed.error), { streamName: 'b', version: 1, position: 2 });
      const stream = await readUntilError(store.readStream('b'));
      assert.deepEqual(stream.events, []);
      assert.deepEqual(placeOf(stream.error), { streamName: 'b', version: 1, position: 2 });
      const folding = store.aggregateStream('b', { initialState: () => 0, evolve: (count) => count + 1 });
      assert.deepEqual(placeOf(await folding.catch((error: unknown) => error)), placeOf(stream.error));
    });

    it('comes as it is stored to whoever asks for that', async ({ store, append, tamper }) => {
      await append('a', 'b', 'a');
      tamper('b', 1);
      const told: unknown[] = [];
      const onUnreadable = (event: EventEnvelope, error: unknown) => told.push(labelOf(event), codesOf(error));
      const { events, error } = await readUntilError(store.readAll({ onUnreadable }));
      assert.equal(error, undefined);
      assert.deepEqual(events.map(labelOf), ['a@1', 'b@1', 'a@2']);
      assert.deepEqual(told, ['b@1', ['LC_UNREADABLE_EVENT', 'LC_TAMPERED_DATA']]);
      assert.deepEqual(events[1]?.data, { customerId: 'b' });
    });

    it('holds up a plain subscription, which has handled all before it, until it is mended', async (world) => {
      const { store, append, tamper, until } = world;
      await append('a', 'b', 'a');
      const mend = tamper('b', 1);
      const heard: string[] = [];
      const subscription = store.subscribeToAll((event) => void heard.push(labelOf(event)));
      await until(() => heard.length === 1);
      await world.clock.advance(2_000);
      assert.deepEqual(heard, ['a@1']);
      mend();
      await until(() => heard.length === 3);
      await subscription.close();
    });

    it('does not keep lag, or waiting for a projection, from working', async ({ store, append, tamper, ...world }) => {
      await append('a', 'b');
      tamper('b', 1);
      const subscription = world.subscribe();
      await world.until(async () => (await subscription.parked()).length === 1);
      const position = async () => (await subscription.lag()).position;
      const parts = { projection: 'p', store, clock: world.clock, position, listen: () => () => undefined };
      await waitForProjection({ streamName: 'b', version: 1 }, {}, parts);
      const tooEarly = waitForProjection(2, { timeout: 0 }, { ...parts, position: async () => 1 });
      assert.deepEqual(await tooEarly.catch(codesOf), ['LC_PROJECTION_TIMEOUT']);
    });
  });
}

const failed = (damage: string): never => {
  throw new Error(`The store knows no "${damage}".`);
};

async function readUntilError(reading: AsyncIterable<EventEnvelope>) {
  const events: EventEnvelope[] = [];
  try {
    for await (const event of reading) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

/** Of an error and of what caused it, where they are ours. */
function codesOf(error: unknown): unknown[] {
  const codeOf = (one: unknown) => (isLooseCouplingError(one) ? one.code : 'none');
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? [codeOf(error)] : [codeOf(error), codeOf(cause)];
}

function placeOf(error: unknown) {
  if (!(error instanceof UnreadableEventError)) throw error;
  const { streamName, version, position, message } = error;
  assert.match(message, new RegExp(`version ${version} of the stream "${streamName}", position ${position} `));
  return { streamName, version, position };
}
