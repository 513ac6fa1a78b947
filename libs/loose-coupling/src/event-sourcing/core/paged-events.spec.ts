import fc from 'fast-check';
import type { EventEnvelope } from './event-store.js';
import { PagedEvents } from './paged-events.js';
import type { EventPage, EventPages } from './stream-pages.js';

const eventAt = (version: number) => ({ version }) as EventEnvelope;

type Step = 'next' | 'return' | 'await';

/** What is read: sizes of pages, the last of which may fail, and whether they come later. */
interface Source {
  readonly sizes: readonly number[];
  readonly fails: boolean;
  readonly later: boolean;
}

function* syncPages({ sizes, fails }: Source, closed: () => void): Generator<EventPage> {
  let version = 0;
  try {
    for (const size of sizes) yield Array.from({ length: size }, () => eventAt((version += 1)));
    if (fails) throw new Error('the next page cannot be read');
  } finally {
    closed();
  }
}

async function* asyncPages(source: Source, closed: () => void): AsyncGenerator<EventPage> {
  for (const page of syncPages(source, closed)) {
    await Promise.resolve();
    yield page;
  }
}

const open = (source: Source, closed: () => void): EventPages =>
  source.later ? asyncPages(source, closed) : syncPages(source, closed);

/** The same, as the language does it. */
async function* generated(source: Source, closed: () => void): AsyncGenerator<EventEnvelope, undefined> {
  for await (const page of open(source, closed)) for (const event of page) yield event;
  return undefined;
}

/** Answers to calls that do not wait for each other, unless a step says so, and how often the source was closed. */
async function answersOf(
  steps: readonly Step[],
  make: (closed: () => void) => AsyncIterator<EventEnvelope, undefined>,
): Promise<unknown> {
  let closed = 0;
  const iterator = make(() => (closed += 1));
  const calls: Promise<unknown>[] = [];
  for (const step of steps) {
    if (step === 'await') await Promise.allSettled(calls);
    else {
      const call = step === 'next' ? iterator.next() : iterator.return?.(undefined);
      calls.push((call ?? Promise.resolve()).catch((error: Error) => error.message));
    }
  }
  return { answers: await Promise.all(calls), closed };
}

describe('PagedEvents', () => {
  it('answers as an async generator over the same pages does, also calls that do not wait for each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          sizes: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
          fails: fc.boolean(),
          later: fc.boolean(),
        }),
        fc.array(fc.constantFrom<Step>('next', 'next', 'next', 'await', 'return'), { maxLength: 20 }),
        async (source, steps) => {
          const expected = await answersOf(steps, (closed) => generated(source, closed));
          expect(await answersOf(steps, (closed) => new PagedEvents(() => open(source, closed)))).toEqual(expected);
        },
      ),
      { numRuns: 500, seed: 20261128 },
    );
  });

  it('opens its source at the first event, and rejects with what that throws', async () => {
    let opened = 0;
    const events = new PagedEvents(() => {
      opened += 1;
      throw new RangeError('no such range');
    });
    expect(opened).toBe(0);
    await expect(events.next()).rejects.toThrow('no such range');
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(opened).toBe(1);
  });

  it('closes its source when a loop is left early', async () => {
    let closed = 0;
    for await (const { version } of new PagedEvents(() =>
      asyncPages({ sizes: [3, 3], fails: false, later: true }, () => (closed += 1)),
    )) {
      if (version === 2) break;
    }
    expect(closed).toBe(1);
  });
});
