import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { Clock } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { EventStore } from '../core/event-store.js';
import { EventType } from '../event-types/event-type.decorator.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import type { AggregateType } from '../feature/aggregate-feature.token.js';
import { createFeatureProviders } from '../feature/create-feature-providers.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import type { SinceSnapshot } from '../snapshots/snapshot-policy.js';
import { Snapshots } from '../snapshots/snapshots.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import { defineUpcaster } from '../upcasting/upcaster.decorator.js';
import { Aggregate } from './aggregate.decorator.js';
import type { AggregateRepository } from './aggregate-repository.js';
import { getAggregateRepositoryToken } from './aggregate-repository.token.js';
import { Apply } from './apply.decorator.js';
import { EventSourcedAggregateRoot } from './event-sourced-aggregate-root.js';

@EventType('counter.added', { version: 2 })
class Added {
  constructor(readonly by: number) {}
}

/** What they share; each has its own way of making snapshots. */
abstract class Counting extends EventSourcedAggregateRoot {
  sum = 0;
  history: number[] = [];
  last: number | undefined = -1;
  /** Applied since this instance was made; not state. */
  #applied = 0;

  get applied(): number {
    return this.#applied;
  }

  add(...numbers: number[]): void {
    for (const by of numbers) this.apply(new Added(by));
  }

  @Apply(Added)
  protected whenAdded({ by }: Added): void {
    this.sum += by;
    this.history.push(by);
    this.last = by === 0 ? undefined : by;
    this.#applied += 1;
  }
}

@Aggregate({ category: 'counter', snapshot: { every: 3 } })
class Counter extends Counting {}

const splitAdded = defineUpcaster<{ all: number[] }>('counter.added', { from: 1, to: 2 }, ({ data }) =>
  data.all.map((by) => ({ data: { by } })),
);

async function start<A extends Counting>(
  aggregate: AggregateType & (new (id: string) => A),
  store = new MemoryEventStore(),
) {
  const clock = new FakeClock();
  const faults: string[] = [];
  const snapshots = new Snapshots(store.snapshots, (message, error) => faults.push(`${message} ${String(error)}`));
  const module = await Test.createTestingModule({
    providers: [
      EventTypeRegistry,
      EventUpcasters,
      { provide: Snapshots, useValue: snapshots },
      { provide: Clock, useValue: clock },
      { provide: EventStore, useValue: store },
      { provide: OutgoingMessageFactory, useValue: new OutgoingMessageFactory('bank', clock) },
      ...createFeatureProviders({ aggregates: [aggregate], upcasters: [splitAdded] }).providers,
    ],
  }).compile();
  await module.init();
  const repository = module.get<AggregateRepository<A>>(getAggregateRepositoryToken(aggregate), { strict: false });
  const add = async (id: string, ...numbers: number[]) => {
    await repository.execute(id, (counter) => counter.add(...numbers), { create: true });
    await snapshots.settled();
  };
  return { repository, store, snapshots, faults, add };
}

describe('Snapshots of aggregates', () => {
  it('are made after so many events, and loading goes on from there', async () => {
    const { repository, store, add } = await start(Counter);
    await add('1', 1);
    await add('1', 2);
    expect(await store.snapshots.load('counter-1', 1)).toBeUndefined();
    await add('1', 3);
    expect(await store.snapshots.load('counter-1', 1)).toMatchObject({ version: 3, state: { fields: { sum: 6 } } });
    await add('1', 4);
    const counter = await repository.load('1');
    expect(counter).toMatchObject({ id: '1', sum: 10, history: [1, 2, 3, 4], last: 4, version: 4, applied: 1 });
    await add('1', 5, 6);
    expect(await store.snapshots.load('counter-1', 1)).toMatchObject({ version: 6, state: { fields: { sum: 21 } } });
  });

  it('are made of what is stored, whatever the aggregate holds beside it', async () => {
    const { repository, store, snapshots } = await start(Counter);
    const counter = repository.create('1');
    counter.add(1, 2, 3);
    const saving = counter.commit();
    counter.add(100);
    counter.sum += 1000;
    await saving;
    await snapshots.settled();
    expect(await store.snapshots.load('counter-1', 1)).toMatchObject({
      version: 3,
      state: { fields: { sum: 6, history: [1, 2, 3] } },
    });
  });

  it('keep a field that is undefined, and fields can be changed after loading', async () => {
    const { repository, add } = await start(Counter);
    await add('1', 1, 2, 0);
    const counter = await repository.load('1');
    expect(counter.applied).toBe(0);
    expect(counter.last).toBeUndefined();
    counter.add(7);
    expect(counter.history).toEqual([1, 2, 0, 7]);
    await counter.commit();
    expect((await repository.load('1')).version).toBe(4);
  });

  it('count stored events where an upcaster splits them', async () => {
    const { repository, store, add } = await start(Counter);
    await store.appendToStream('counter-1', [{ type: 'counter.added', data: { all: [1, 2, 3, 4] } }]);
    await add('1', 5);
    expect(await store.snapshots.load('counter-1', 1)).toBeUndefined();
    await add('1', 6);
    expect(await store.snapshots.load('counter-1', 1)).toMatchObject({ version: 3, state: { fields: { sum: 21 } } });
    expect(await repository.load('1')).toMatchObject({ sum: 21, version: 3, applied: 0 });
  });

  it('are not trusted when they are ahead of the stream, or of another one', async () => {
    const { repository, store, add, faults } = await start(Counter);
    await add('1', 1, 2, 3);
    const snapshot = await store.snapshots.load('counter-1', 1);
    if (!snapshot) throw new Error('There is no snapshot.');
    // As after a store was put back to an earlier state: the stream is shorter, or went on otherwise.
    await store.snapshots.save({ ...snapshot, version: 5, state: { fields: { sum: 999 } } });
    expect(await repository.load('1')).toMatchObject({ sum: 6, version: 3 });
    await store.snapshots.save({ ...snapshot, eventId: 'another', state: { fields: { sum: 999 } } });
    expect(await repository.load('1')).toMatchObject({ sum: 6, version: 3 });
    await store.snapshots.save({ ...snapshot, streamName: 'counter-2', state: { fields: { sum: 999 } } });
    expect(await repository.find('2')).toBeUndefined();
    // The next one takes its place.
    await store.snapshots.save({ ...snapshot, version: 50 });
    await add('1', 4);
    expect(await store.snapshots.load('counter-1', 1)).toMatchObject({ version: 4 });
    expect(faults).toEqual([]);
  });

  it.each([
    ['no state', { state: null }],
    ['a state of another kind', { state: { state: { sum: 999 } } }],
    ['a version that cannot be', { version: Number.NaN }],
  ])('do no harm when they are damaged: %s', async (_, damage) => {
    const { repository, store, add } = await start(Counter);
    await add('1', 1, 2, 3);
    const snapshot = await store.snapshots.load('counter-1', 1);
    if (!snapshot) throw new Error('There is no snapshot.');
    await store.snapshots.save({ ...snapshot, ...damage });
    expect(await repository.load('1')).toMatchObject({ sum: 6, version: 3, applied: 3 });
  });

  it('fail alone: the commit stands, the load reads the events, both failures are told', async () => {
    const { repository, store, add, faults } = await start(Counter);
    store.snapshots.save = () => Promise.reject(new Error('no room'));
    store.snapshots.load = () => Promise.reject(new Error('no answer'));
    await add('1', 1, 2, 3);
    expect(await repository.load('1')).toMatchObject({ sum: 6, version: 3 });
    expect(faults.join('\n')).toMatch(/could not be read.*no answer/);
    expect(faults.join('\n')).toMatch(/No snapshot of counter-1 was stored.*no room/);
  });

  it('of another revision are ignored, and both live side by side', async () => {
    const { store, add } = await start(Counter);
    await add('1', 1, 2, 3);
    @Aggregate({ category: 'counter', snapshot: { every: 3, revision: 2 } })
    class NextCounter extends Counting {}
    const next = await start(NextCounter, store);
    expect(await next.repository.load('1')).toMatchObject({ sum: 6, applied: 3 });
    await next.add('1', 4);
    expect(await next.repository.load('1')).toMatchObject({ sum: 10, applied: 0 });
    const before = await start(Counter, store);
    expect(await before.repository.load('1')).toMatchObject({ sum: 10, applied: 1 });
  });

  it('are made by size, or by a rule, which may fail', async () => {
    @Aggregate({ category: 'sized', snapshot: { afterBytes: 20 } })
    class Sized extends Counting {}
    const sized = await start(Sized);
    await sized.add('1', 1);
    await sized.add('1', 2);
    expect(await sized.store.snapshots.load('sized-1', 1)).toBeUndefined();
    await sized.add('1', 3456);
    expect(await sized.store.snapshots.load('sized-1', 1)).toMatchObject({ version: 3 });

    const asked: SinceSnapshot[] = [];
    @Aggregate({
      category: 'ruled',
      snapshot: {
        when: (counter: Ruled, since) => {
          asked.push(since);
          if (counter.last === 13) throw new Error('thirteen');
          return counter.sum > 10;
        },
      },
    })
    class Ruled extends Counting {}
    const ruled = await start(Ruled);
    await ruled.add('1', 1);
    await ruled.add('1', 13);
    expect(ruled.faults.join()).toMatch(/snapshot.when failed.*thirteen/);
    await ruled.add('1', 2);
    expect(asked.at(-1)).toEqual({ version: 3, events: 3, bytes: 25 });
    expect(await ruled.store.snapshots.load('ruled-1', 1)).toMatchObject({ version: 3 });
  });

  it('hold what toSnapshot returns, and give it to fromSnapshot', async () => {
    @Aggregate({ category: 'custom', snapshot: { every: 1 } })
    class Custom extends Counting {
      toSnapshot() {
        return { s: this.sum, since: new Date(this.sum).getTime() };
      }

      fromSnapshot({ s }: { s: number }): void {
        this.sum = s;
      }
    }
    const { add, repository, store } = await start(Custom);
    await add('1', 4);
    expect(await store.snapshots.load('custom-1', 1)).toMatchObject({ state: { state: { s: 4, since: 4 } } });
    expect(await repository.load('1')).toMatchObject({ sum: 4, history: [], applied: 0 });
  });

  it('refuse fields that would not come back, once, and the aggregate goes on without', async () => {
    @Aggregate({ category: 'dated', snapshot: { every: 1 } })
    class Dated extends Counting {
      lines = [{ at: new Date(0) }];
    }
    const { add, repository, faults } = await start(Dated);
    await add('1', 1);
    await add('1', 2);
    expect(await repository.load('1')).toMatchObject({ sum: 3, applied: 2 });
    expect(faults).toEqual([expect.stringMatching(/snapshot of Dated\.lines\[0\]\.at cannot be stored.*Date/)]);
  });

  it('are refused at start with options that cannot be', async () => {
    @Aggregate({ category: 'wrong', snapshot: { every: 0, revision: 1.5, of: 3 } as never })
    class Wrong extends Counting {
      toSnapshot() {
        return {};
      }
    }
    await expect(start(Wrong)).rejects.toMatchObject({
      faults: [
        expect.stringContaining('snapshot.of: unknown'),
        expect.stringContaining('snapshot.every'),
        expect.stringContaining('snapshot.revision'),
        expect.stringContaining('toSnapshot and fromSnapshot belong together'),
      ],
    });
    @Aggregate({ category: 'never', snapshot: {} })
    class Never extends Counting {}
    await expect(start(Never)).rejects.toThrow(/say when one is made/);
  });

  it('never change what is loaded: any writes, through any instances, at any interval', async () => {
    const commits = fc.array(
      fc.record({
        numbers: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
        old: fc.boolean(),
        keep: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    );
    class Any extends Counting {}
    const interval = { of: 1 };
    Aggregate({ category: 'any', snapshot: { when: (_, { events }) => events >= interval.of } })(Any);
    const { repository, store, snapshots } = await start(Any);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(commits, fc.integer({ min: 1, max: 5 }), async (writes, every) => {
        interval.of = every;
        const id = String(++runs);
        const expected: number[] = [];
        let kept: Any | undefined;
        for (const { numbers, old, keep } of writes) {
          expected.push(...numbers);
          if (old) {
            await store.appendToStream(`any-${id}`, [{ type: 'counter.added', data: { all: numbers } }]);
            kept = undefined;
            continue;
          }
          const counter: Any = kept ?? (await repository.loadOrCreate(id));
          counter.add(...numbers);
          await counter.commit();
          kept = keep ? counter : undefined;
        }
        await snapshots.settled();
        const loaded = await repository.load(id);
        expect(loaded.history).toEqual(expected);
        expect(loaded.sum).toBe(expected.reduce((sum, by) => sum + by, 0));
      }),
    );
  });
});
