import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { read } from '../testing/event-store-under-test.js';
import { newProtection } from '../testing/personal-data.contract.js';
import type { DataKeyStore } from './data-key-store.js';
import { DataSubjects } from './data-subjects.js';
import { isForgotten } from './forgotten-data.js';
import { MemoryDataKeyStore } from './memory-data-key-store.js';

/** Lets others go first, at every call and every answer. */
function slow(inner: DataKeyStore, scheduler: fc.Scheduler): DataKeyStore {
  const around =
    <Input extends unknown[], Output>(call: (...input: Input) => Output | Promise<Output>) =>
    async (...input: Input): Promise<Output> => {
      await scheduler.schedule(Promise.resolve());
      const result = await call(...input);
      await scheduler.schedule(Promise.resolve());
      return result;
    };
  return {
    get: around((subject: string) => inner.get(subject)),
    add: around(inner.add.bind(inner)),
    rewrap: around(inner.rewrap.bind(inner)),
    forget: around(inner.forget.bind(inner)),
    subjects: () => inner.subjects(),
  };
}

const event = { type: 'customer.registered', data: { customerId: 'c-1', name: 'Ada' } };

describe('appending while somebody is forgotten', () => {
  it('stores nothing that can be read afterwards, whatever goes first', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, known) => {
        const clock = new FakeClock();
        const keyStore = new MemoryDataKeyStore();
        const open = () => {
          const { keys, events } = newProtectionOn(clock, slow(keyStore, scheduler));
          const store = new MemoryEventStore({ protection: events, clock });
          return { keys, store, subjects: new DataSubjects({ keys, events: store }) };
        };
        const here = open();
        const there = open();
        if (known) await scheduler.waitFor(here.store.appendToStream('a-1', [event]));
        const append = ({ store }: typeof here, stream: string) =>
          store.appendToStream(stream, [event]).then(
            () => 'stored',
            (error: { code: string }) => error.code,
          );
        const outcomes = await scheduler.waitFor(
          Promise.all([
            append(here, 'a-1'),
            append(there, 'a-2'),
            here.subjects.forget('c-1'),
            append(here, 'a-3'),
            append(there, 'a-4'),
          ]),
        );
        for (const outcome of outcomes) if (outcome !== undefined) seen.add(outcome);
        // Here at once; there when the cache is over.
        await clock.advance(30_000);
        for (const { store } of [here, there]) {
          for (const stream of ['a-1', 'a-2', 'a-3', 'a-4']) {
            for (const { data } of await scheduler.waitFor(read(store, stream))) {
              expect(isForgotten((data as { name: unknown }).name)).toBe(true);
            }
          }
          const late = await scheduler.waitFor(append({ ...here, store }, 'b-1'));
          expect(late).toBe('LC_SUBJECT_FORGOTTEN');
        }
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 10_000 : 300 },
    );
    expect([...seen].toSorted()).toEqual(['LC_SUBJECT_FORGOTTEN', 'stored']);
  });

  it('is over in this process as soon as forgetting resolves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const clock = new FakeClock();
        const { keys, events } = newProtectionOn(clock, slow(new MemoryDataKeyStore(), scheduler));
        const store = new MemoryEventStore({ protection: events, clock });
        const subjects = new DataSubjects({ keys, events: store });
        await scheduler.waitFor(store.appendToStream('a-1', [event]));
        // So that the key is asked for again, and the answer may come late.
        await clock.advance(30_000);
        const reads = [read(store, 'a-1'), read(store, 'a-1')];
        await scheduler.waitFor(subjects.forget('c-1'));
        const [after] = await scheduler.waitFor(read(store, 'a-1'));
        expect(isForgotten((after?.data as { name?: unknown } | undefined)?.name)).toBe(true);
        await scheduler.waitFor(Promise.all(reads));
        const [later] = await scheduler.waitFor(read(store, 'a-1'));
        expect(isForgotten((later?.data as { name?: unknown } | undefined)?.name)).toBe(true);
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 10_000 : 300 },
    );
  });
});

function newProtectionOn(clock: FakeClock, store: DataKeyStore) {
  const protection = newProtection(clock, store);
  return { keys: protection.keys, events: protection.events() };
}
