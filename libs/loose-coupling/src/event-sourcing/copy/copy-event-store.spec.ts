import * as fc from 'fast-check';
import { withCorrelation } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { collect, event, events } from '../testing/event-store-under-test.js';
import { copyEventStore } from './copy-event-store.js';

const memory = (clock = new FakeClock()) => new MemoryEventStore({ clock });
const withoutPositions = (all: readonly EventEnvelope[]) => all.map((event) => ({ ...event, position: 0 }));
const contentOf = async (store: EventStore) => withoutPositions(await collect(store.readAll()));

/** Streams that take turns, over several moments. */
async function filled(turns: readonly { stream: number; count: number; wait: number }[]): Promise<MemoryEventStore> {
  const clock = new FakeClock();
  const store = memory(clock);
  for (const { stream, count, wait } of turns) {
    await clock.advance(wait);
    const correlation = { correlationId: `c-${stream}`, tenantId: 't' };
    await withCorrelation(correlation, () => store.appendToStream(`order-${stream}`, events(count)));
  }
  return store;
}

const turns = fc.array(
  fc.record({ stream: fc.integer({ min: 1, max: 3 }), count: fc.integer({ min: 1, max: 120 }), wait: fc.nat(1) }),
  { maxLength: 12 },
);

describe('a copied event store', () => {
  it('holds the same streams, versions, ids, times and metadata in the same order, also on SQLite and back', async () => {
    const source = await filled([
      { stream: 1, count: 3, wait: 5 },
      { stream: 2, count: 250, wait: 5 },
      { stream: 1, count: 1, wait: 0 },
    ]);
    const sqlite = new SqliteEventStore({ file: ':memory:', clock: new FakeClock() });
    const back = memory();
    const progress = await withCorrelation({ correlationId: 'the copy' }, () => copyEventStore(source, sqlite));
    await copyEventStore(sqlite, back);
    expect(progress).toEqual({ position: 254, copied: 254, found: 0 });
    expect(await contentOf(sqlite)).toEqual(await contentOf(source));
    expect(await contentOf(back)).toEqual(await contentOf(source));
    await sqlite.close();
  });

  it('is whole and doubled nowhere, wherever it was interrupted and begun again', async () => {
    await fc.assert(
      fc.asyncProperty(turns, fc.infiniteStream(fc.nat(5)), fc.boolean(), async (given, faults, fromTheStart) => {
        const source = await filled(given);
        const target = memory();
        const append = target.appendToStream.bind(target);
        target.appendToStream = async (...args) => {
          const fault = faults.next().value;
          if (fault === 0) throw new Error('away');
          const result = await append(...args);
          if (fault === 1) throw new Error('the reply was lost');
          return result;
        };
        let afterPosition = 0;
        for (let finished = false; !finished;) {
          try {
            await copyEventStore(source, target, {
              afterPosition: fromTheStart ? 0 : afterPosition,
              onProgress: ({ position }) => void (afterPosition = position),
            });
            finished = true;
          } catch (error) {
            expect(String(error)).toMatch(/away|lost/);
          }
        }
        expect(await contentOf(target)).toEqual(await contentOf(source));
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 2_000 : 60 },
    );
  });

  it('says how far it is, and stops between two writes', async () => {
    const source = await filled([
      { stream: 1, count: 2, wait: 0 },
      { stream: 2, count: 2, wait: 0 },
    ]);
    const target = memory();
    const stop = new AbortController();
    const first = await copyEventStore(source, target, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(first).toEqual({ position: 2, copied: 2, found: 0 });
    const rest = await copyEventStore(source, target, { afterPosition: first.position });
    expect(rest).toEqual({ position: 4, copied: 2, found: 0 });
    expect(await copyEventStore(source, target)).toEqual({ position: 4, copied: 0, found: 4 });
  });

  it('takes what came to the source since', async () => {
    const source = await filled([{ stream: 1, count: 2, wait: 0 }]);
    const target = memory();
    await copyEventStore(source, target);
    await source.appendToStream('order-1', events(3));
    expect(await copyEventStore(source, target)).toEqual({ position: 5, copied: 3, found: 2 });
    expect(await contentOf(target)).toEqual(await contentOf(source));
  });

  it('is refused where the target has a stream with another history, or lacks its beginning', async () => {
    const source = await filled([{ stream: 1, count: 3, wait: 0 }]);
    const other = memory();
    await other.appendToStream('order-1', [event('something else')]);
    const refused = { code: 'LC_COPY_MISMATCH', streamName: 'order-1' };
    await expect(copyEventStore(source, other)).rejects.toMatchObject({ ...refused, version: 1 });
    await expect(copyEventStore(source, memory(), { afterPosition: 1 })).rejects.toMatchObject({
      ...refused,
      version: 2,
    });
  });

  it('is read back, so that a target that changes what it is given is found', async () => {
    const source = await filled([{ stream: 1, count: 1, wait: 0 }]);
    const forgetful = memory();
    const append = forgetful.appendToStream.bind(forgetful);
    forgetful.appendToStream = (stream, given, options) =>
      append(
        stream,
        given.map((one) => ({ ...one, data: {} })),
        options,
      );
    await expect(copyEventStore(source, forgetful)).rejects.toMatchObject({ code: 'LC_COPY_MISMATCH' });
  });
});

describe('an event that comes from elsewhere', () => {
  it('keeps its time, and can have no messages, no inbox mark and no time that is none', async () => {
    const store = memory();
    await store.appendToStream('a', events(1), { recordedAt: 5 });
    expect(await contentOf(store)).toMatchObject([{ recordedAt: 5 }]);
    const inbox = { consumer: 'c', messageId: 'm' };
    for (const options of [{ recordedAt: 1.5 }, { recordedAt: -1 }, { recordedAt: 5, inbox }]) {
      await expect(store.appendToStream('a', events(1), options)).rejects.toMatchObject({ code: 'LC_INVALID_COMMIT' });
    }
  });
});
