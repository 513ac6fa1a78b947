import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { event } from '../testing/event-store-under-test.js';
import type { CheckpointStore, ParkedEvent, ParkedRange } from './checkpoint-store.js';
import { ParkedStreams } from './parked-streams.js';
import { PersistentSubscriptions } from './persistent-subscriptions.js';

const parkedAt = (position: number, streamName: string, due = true): ParkedEvent => ({
  position,
  streamName,
  version: position,
  eventId: `e-${position}`,
  type: 'x',
  reason: 'no'.repeat(500),
  parkedAt: 0,
  due,
});

/** So many events of so many streams, made where they are asked for, and how many were given at most at a time. */
function manyParked(count: number, streams: number) {
  const asked = { most: 0 };
  const parked = async (_name: string, { afterPosition = 0, limit = Infinity }: ParkedRange = {}) => {
    const length = Math.min(limit, count - afterPosition);
    asked.most = Math.max(asked.most, length);
    return Array.from({ length }, (_, index) => {
      const position = afterPosition + index + 1;
      return parkedAt(position, `s-${position % streams}`);
    });
  };
  return { asked, checkpoints: { parked } as unknown as CheckpointStore };
}

/** Entries of all lists in an object. */
const heldBy = (holder: object): number =>
  Object.values(holder)
    .filter((part) => part instanceof Map || part instanceof Set || Array.isArray(part))
    .reduce((sum, part) => sum + (Array.isArray(part) ? part.length : part.size), 0);

describe('what is parked', () => {
  it('is not held: of 100,000 events of 40 streams, 40 names, and a page while they are replayed', async () => {
    const { asked, checkpoints } = manyParked(100_000, 40);
    const streams = new ParkedStreams(checkpoints, 's');
    await streams.refresh('first');
    expect(streams.has('s-7')).toBe(true);
    let seen = 0;
    let most = 0;
    for await (const { position } of streams.due()) {
      seen += 1;
      if (position !== seen) throw new Error(`${position} came in place of ${seen}.`);
      most = Math.max(most, heldBy(streams));
    }
    expect(seen).toBe(100_000);
    // Those that are parked, and those of them that are wanted.
    expect(most).toBe(80);
    expect(asked.most).toBe(500);
  });

  it('is tried again once for each request, all of a stream when any of it is due', async () => {
    const events = [parkedAt(1, 'a', false), parkedAt(2, 'b', false), parkedAt(3, 'a'), parkedAt(4, 'a', false)];
    const streams = new ParkedStreams({ parked: async () => events } as unknown as CheckpointStore, 's');
    await streams.refresh('first');
    const due = async () => {
      const positions: number[] = [];
      for await (const { position } of streams.due()) positions.push(position);
      return positions;
    };
    expect(await due()).toEqual([1, 3, 4]);
    expect(await due()).toEqual([]);
    await streams.refresh('first');
    expect(await due()).toEqual([]);
    await streams.refresh('second');
    expect(await due()).toEqual([1, 3, 4]);
  });

  it('holds its stream until the last of it is gone', async () => {
    const streams = new ParkedStreams({ parked: async () => [parkedAt(1, 'a')] } as unknown as CheckpointStore, 's');
    await streams.refresh('first');
    streams.add('a');
    streams.remove('a');
    expect(streams.has('a')).toBe(true);
    streams.remove('a');
    expect(streams.has('a')).toBe(false);
    expect(heldBy(streams)).toBe(1);
  });
});

describe('a replay of more than a page', () => {
  it('handles streams in their order, stops at what fails again, and goes on after the next request', async () => {
    const clock = new FakeClock();
    const store = new MemoryEventStore({ clock });
    const { checkpoints } = store;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    const broken = new Set(['s-0@1', 's-1@200', 's-2@1', 's-3@1']);
    const seen: string[] = [];
    const subscription = subscriptions.subscribe({ name: 's', retry: { maxAttempts: 1 } }, (one) => {
      const label = `${one.streamName}@${one.version}`;
      if (broken.has(label)) throw new Error('broken');
      seen.push(label);
    });
    for (let index = 0; index < 1_600; index += 1) await store.appendToStream(`s-${index % 4}`, [event('x')]);
    subscriptions.start();
    await clock.advance(1_000);
    expect(await checkpoints.countParked('s')).toBe(1_600 - 199);
    for (const mended of ['s-0@1', 's-3@1']) broken.delete(mended);
    broken.add('s-3@300');
    await subscription.replayParked();
    await clock.advance(1_000);
    expect(await checkpoints.countParked('s')).toBe(400 + 201 + 101);
    expect((await subscription.parked()).filter(({ due }) => due)).toEqual([]);
    expect((await subscription.parked({ limit: 2 })).map(({ reason }) => reason)).toEqual([
      'Error: broken',
      'An earlier event of "s-2" is parked.',
    ]);
    broken.clear();
    await subscription.replayParked();
    await clock.advance(1_000);
    expect(await checkpoints.countParked('s')).toBe(0);
    await store.appendToStream('s-2', [event('x')]);
    await clock.advance(1_000);
    for (let stream = 0; stream < 4; stream += 1) {
      const count = stream === 2 ? 401 : 400;
      const expected = Array.from({ length: count }, (_, index) => `s-${stream}@${index + 1}`);
      expect(seen.filter((label) => label.startsWith(`s-${stream}@`))).toEqual(expected);
    }
    await subscriptions.close();
    await store.close();
  });
});
