import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Aggregate } from '../aggregate/aggregate.decorator.js';
import { EventSourcedAggregateRoot } from '../aggregate/event-sourced-aggregate-root.js';
import { defineEvent } from '../../messaging/index.js';
import { LooseCouplingModule } from '../../loose-coupling.module.js';
import { given } from '../../testing/scenario/given.js';
import { EventStore } from '../core/event-store.js';
import { Outbox } from '../outbox/outbox.js';
import { SnapshotStore } from '../snapshots/snapshot-store.js';
import { Snapshots } from '../snapshots/snapshots.js';
import { codeOf, read } from '../testing/event-store-under-test.js';
import { defineUpcaster } from '../upcasting/upcaster.decorator.js';
import type { DeciderRepository } from './decider-repository.js';
import { InjectDecider } from './decider.feature.js';
import { outgoing, type DeciderEvent } from './decider.js';
import { defineDecider } from './define-decider.js';

type SeatEvent = DeciderEvent<'seat.taken', { by: string }> | DeciderEvent<'seat.left', { reasons: string[] }>;
interface SeatState {
  readonly by: string | undefined;
  readonly taken: number;
}
type SeatCommand = { readonly take: string } | { readonly leave: string[] } | { readonly wait: true };

const Taken = defineEvent<{ seat: string; by: string }>('shop.seat.taken');
const evolved = { events: 0 };

const seat = defineDecider<SeatState, SeatCommand, SeatEvent>({
  category: 'seat',
  events: { 'seat.taken': 2, 'seat.left': 1 },
  initialState: () => ({ by: undefined, taken: 0 }),
  decide: async (command, state) => {
    if ('wait' in command) return [];
    if ('leave' in command) return { type: 'seat.left', data: { reasons: command.leave } };
    if (state.by !== undefined) throw new Error(`taken by ${state.by}`);
    return { type: 'seat.taken', data: { by: command.take } };
  },
  evolve: (state, event) => {
    evolved.events += 1;
    return event.type === 'seat.taken' ? { by: event.data.by, taken: state.taken + 1 } : { ...state, by: undefined };
  },
  messages: (event, _, id) => (event.type === 'seat.taken' ? [outgoing(Taken, { seat: id, by: event.data.by })] : []),
  snapshot: { every: 3 },
});

const addBy = defineUpcaster<{ who: string }>('seat.taken', { from: 1, to: 2 }, ({ data }) => ({
  data: { by: data.who },
}));

@Injectable()
class Seats {
  constructor(@InjectDecider(seat) readonly repository: DeciderRepository<SeatState, SeatCommand, SeatEvent>) {}
}

async function start() {
  @Module({
    imports: [
      LooseCouplingModule.forRoot({ outbox: { retry: { initialDelay: 1 } } }),
      LooseCouplingModule.forFeature({ deciders: [seat], upcasters: [addBy] }),
    ],
    providers: [Seats],
  })
  class App {}
  const app = await Test.createTestingModule({ imports: [App] }).compile();
  await app.init();
  const store = app.get(EventStore);
  return { app, store, seats: app.get(Seats).repository, snapshots: app.get(SnapshotStore) };
}

describe('A decider', () => {
  it('decides on what is stored, and stores what it decided', async () => {
    const { app, store, seats } = await start();
    expect(await seats.load('1')).toEqual({ state: { by: undefined, taken: 0 }, version: 0 });
    expect(await seats.execute('1', { take: 'Ada' })).toEqual({
      state: { by: 'Ada', taken: 1 },
      version: 1,
      events: [{ type: 'seat.taken', data: { by: 'Ada' } }],
    });
    await expect(seats.execute('1', { take: 'Bob' })).rejects.toThrow('taken by Ada');
    expect(await seats.execute('1', { wait: true })).toMatchObject({ version: 1, events: [] });
    await seats.execute('1', { leave: ['cold'] });
    expect(await seats.load('1')).toEqual({ state: { by: undefined, taken: 1 }, version: 2 });
    expect(await read(store, 'seat-1')).toMatchObject([
      { type: 'seat.taken', schemaVersion: 2, data: { by: 'Ada' } },
      { type: 'seat.left', schemaVersion: 1, data: { reasons: ['cold'] } },
    ]);
    await app.close();
  });

  it('decides again when somebody else was faster, and never on a state of old', async () => {
    const { app, store, seats } = await start();
    const guests = Array.from({ length: 8 }, (_, index) =>
      seats.execute('1', { take: `guest ${index}` }, { retries: 20 }),
    );
    const settled = await Promise.allSettled(guests);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await read(store, 'seat-1')).toHaveLength(1);
    await app.close();
  });

  it('sends its messages in the commit of its events', async () => {
    const { app, store, seats } = await start();
    const commits: unknown[] = [];
    const commit = store.commit.bind(store);
    store.commit = (given) => {
      commits.push(given);
      return commit(given);
    };
    await seats.execute('1', { take: 'Ada' });
    expect(commits).toMatchObject([
      {
        appends: [{ streamName: 'seat-1', expectedVersion: 0 }],
        messages: [
          { destination: 'shop.seat.taken', streamName: 'seat-1', envelope: { data: { seat: '1', by: 'Ada' } } },
        ],
      },
    ]);
    await app.get(Outbox).flush();
    await app.close();
  });

  it('reads events of old through upcasters, and begins at a snapshot', async () => {
    const { app, store, seats, snapshots } = await start();
    await store.appendToStream('seat-1', [
      { type: 'seat.taken', data: { who: 'Ada' } },
      { type: 'seat.left', data: { reasons: [] } },
    ]);
    expect(await seats.load('1')).toMatchObject({ state: { taken: 1 }, version: 2 });
    await seats.execute('1', { take: 'Bob' });
    await app.get(Snapshots).settled();
    expect(await snapshots.load('seat-1', 1)).toMatchObject({ version: 3, state: { state: { by: 'Bob', taken: 2 } } });
    await seats.execute('1', { leave: [] });
    evolved.events = 0;
    expect(await seats.load('1')).toEqual({ state: { by: undefined, taken: 2 }, version: 4 });
    expect(evolved.events).toBe(1);
    await app.close();
  });

  it('refuses events that it does not know, stored or new', async () => {
    const { app, store, seats } = await start();
    await store.appendToStream('seat-1', [{ type: 'seat.taken', schemaVersion: 7, data: {} }]);
    expect(await codeOf(seats.load('1'))).toBe('LC_UNKNOWN_EVENT_TYPE');
    await app.close();
    const stray = defineDecider<object, object, DeciderEvent>({
      category: 'stray',
      events: { known: 1 },
      initialState: () => ({}),
      decide: () => ({ type: 'other', data: {} }),
      evolve: (state) => state,
    });
    await given(stray).when({}).thenThrows('LC_UNKNOWN_EVENT_TYPE');
  });

  it('is tested by given, when, then', async () => {
    const taken = { type: 'seat.taken', data: { by: 'Ada' } } as const;
    await given(seat).when({ take: 'Ada' }).then([taken]);
    await given(seat, [taken]).when({ take: 'Bob' }).thenThrows('taken by Ada');
    const outcome = given(seat, [taken], { id: '7' }).when({ leave: ['cold'] });
    await outcome.thenState({ by: undefined, taken: 1 });
    await given(seat, [], { id: '7' })
      .when({ take: 'Ada' })
      .thenMessages([[Taken, { seat: '7', by: 'Ada' }]]);
    await expect(outcome.then([taken])).rejects.toThrow(/seat with 1 event: other events.*seat\.left/s);
  });

  it('is checked when it is defined, and against others at start', async () => {
    expect(() => defineDecider({ category: 'a-b', events: {}, snapshot: {}, extra: 1 } as never)).toThrow(
      /extra.*category.*events.*initialState.*decide.*evolve.*snapshot/s,
    );
    @Aggregate({ category: 'seat' })
    class Seat extends EventSourcedAggregateRoot {}
    const imports = [
      LooseCouplingModule.forRoot(),
      LooseCouplingModule.forFeature({ aggregates: [Seat] }),
      LooseCouplingModule.forFeature({ deciders: [seat], upcasters: [addBy] }),
    ];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toThrow(/category "seat" is taken by/);
    expect(() => LooseCouplingModule.forFeature({ deciders: [{ category: 'x' }] })).toThrow(/what defineDecider/);
  });
});
