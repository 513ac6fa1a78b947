import { Injectable, SetMetadata, type Type } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { DynamoDbEventStore } from '../../aws/event-store/dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable } from '../../aws/event-store/testing/fake-dynamodb.js';
import { Clock } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { ConcurrencyRetry } from '../commands/concurrency-retry.decorator.js';
import { IdempotentCommand } from '../commands/idempotent-command.decorator.js';
import { EventStore } from '../core/event-store.js';
import { EventType } from '../event-types/event-type.decorator.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import { createFeatureProviders } from '../feature/create-feature-providers.js';
import { Inbox } from '../inbox/inbox.js';
import { InboxMiddleware } from '../inbox/inbox.middleware.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { Snapshots } from '../snapshots/snapshots.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { read } from '../testing/event-store-under-test.js';
import { withTenant } from '../tenancy/tenant.js';
import { TenantedEventStore } from '../tenancy/tenanted-event-store.js';
import { TenantedInbox } from '../tenancy/tenanted-inbox.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import { AggregateRepository } from './aggregate-repository.js';
import { InjectAggregateRepository } from './aggregate-repository.token.js';
import { Apply } from './apply.decorator.js';
import { EventSourcedAggregateRoot } from './event-sourced-aggregate-root.js';

@EventType('till.paid')
class Paid {
  constructor(readonly amount: number) {}
}

class Till extends EventSourcedAggregateRoot {
  total = 0;

  pay(amount: number, most: number): void {
    if (amount === 0) return;
    if (this.total + amount > most) throw new Error('too much');
    this.apply(new Paid(amount));
  }

  @Apply(Paid)
  protected whenPaid({ amount }: Paid): void {
    this.total += amount;
  }
}

class Pay extends Command<number | undefined> {
  constructor(
    readonly commandId: string,
    readonly amount: number,
    readonly most = Infinity,
  ) {
    super();
  }
}

@CommandHandler(Pay)
class PayHandler implements ICommandHandler<Pay> {
  runs = 0;
  /** What happens between loading and saving. */
  meanwhile: (() => Promise<unknown>) | undefined;

  constructor(@InjectAggregateRepository(Till) private readonly tills: AggregateRepository<Till>) {}

  @IdempotentCommand<Pay, number | undefined>({ key: ({ commandId }) => commandId, name: 'pay' })
  @ConcurrencyRetry({ retries: 20 })
  async execute({ amount, most }: Pay): Promise<number | undefined> {
    this.runs += 1;
    const till = await this.tills.loadOrCreate('1');
    await this.meanwhile?.();
    till.pay(amount, most);
    await till.commit();
    return till.total;
  }
}

interface Stores {
  readonly store: EventStore & { readonly inbox: Inbox };
  readonly clock: FakeClock;
}

const memory = (): Stores => {
  const clock = new FakeClock();
  return { clock, store: new MemoryEventStore({ clock }) };
};
const sqlite = (): Stores => {
  const clock = new FakeClock();
  return { clock, store: new SqliteEventStore({ clock, file: ':memory:' }) };
};
const dynamoDb = (): Stores => {
  const clock = new FakeClock();
  return { clock, store: new DynamoDbEventStore({ clock, table: 't', api: new FakeDynamoDb(new FakeTable()) }) };
};

/** One process; several may share what is stored. */
async function start({ store, clock }: Stores, handler: Type = PayHandler) {
  const module = await Test.createTestingModule({
    imports: [CqrsModule.forRoot()],
    providers: [
      EventTypeRegistry,
      EventUpcasters,
      { provide: Snapshots, useValue: new Snapshots(new MemoryEventStore().snapshots, () => undefined) },
      { provide: Clock, useValue: clock },
      { provide: EventStore, useValue: store },
      { provide: Inbox, useValue: store.inbox },
      { provide: OutgoingMessageFactory, useValue: new OutgoingMessageFactory('bank', clock) },
      ...createFeatureProviders({ aggregates: [Till] }).providers,
      handler,
    ],
  }).compile();
  await module.init();
  const bus = module.get(CommandBus);
  return { bus, handler: module.get<PayHandler>(handler), close: () => module.close() };
}

/** Lets waits and writes happen until all is done. */
async function finish<Result>(clock: FakeClock, work: Promise<Result>): Promise<Result> {
  const state = { pending: true };
  const end = () => (state.pending = false);
  work.then(end, end);
  while (state.pending) {
    await clock.advance(50);
    await new Promise(setImmediate);
  }
  return work;
}

const amounts = async (store: EventStore) => (await read(store, 'till-1')).map(({ data }) => (data as Paid).amount);

describe.each([
  ['memory', memory],
  ['SQLite', sqlite],
  ['DynamoDB, in memory', dynamoDb],
])('@IdempotentCommand on %s', (_, open) => {
  it('gives a command that comes twice its effect once, and both succeed', async () => {
    const stores = open();
    const { bus, handler } = await start(stores);
    expect(await bus.execute(new Pay('a', 5))).toBe(5);
    expect(await bus.execute(new Pay('a', 5))).toBeUndefined();
    expect(await bus.execute(new Pay('b', 5))).toBe(10);
    expect(handler.runs).toBe(2);
    expect(await amounts(stores.store)).toEqual([5, 5]);
    await stores.store.close();
  });

  it('lets all of several at once succeed, in one process and in several', async () => {
    const stores = open();
    const processes = await Promise.all([start(stores), start(stores), start(stores)]);
    const paying = Promise.all(
      processes.flatMap(({ bus }) => [bus.execute(new Pay('a', 5, 5)), bus.execute(new Pay('a', 5, 5))]),
    );
    const answers = await finish(stores.clock, paying);
    expect(answers.filter((answer) => answer === 5).length).toBeGreaterThanOrEqual(2);
    expect(await amounts(stores.store)).toEqual([5]);
    await stores.store.close();
  });

  it('takes for done what another process did while this one was deciding', async () => {
    const stores = open();
    const [slow, fast] = [await start(stores), await start(stores)];
    slow.handler.meanwhile = async () => {
      slow.handler.meanwhile = undefined;
      await fast.bus.execute(new Pay('a', 5, 5));
    };
    const paying = slow.bus.execute(new Pay('a', 5, 5));
    // The second try of the retry meets a state that does not allow it.
    expect(await finish(stores.clock, paying)).toBeUndefined();
    expect(await amounts(stores.store)).toEqual([5]);
    await stores.store.close();
  });

  it('has every command take effect once, however often it is sent from however many processes', async () => {
    const sent = fc.array(fc.record({ by: fc.nat(1), id: fc.nat(3), wait: fc.boolean() }), {
      minLength: 1,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(sent, async (commands) => {
        const stores = open();
        const processes = [await start(stores), await start(stores)];
        const all: Promise<unknown>[] = [];
        for (const { by, id, wait } of commands) {
          const executing = processes[by]?.bus.execute(new Pay(String(id), id + 1));
          all.push(Promise.resolve(executing));
          if (wait) await stores.clock.advance(300);
        }
        await finish(stores.clock, Promise.all(all));
        const once = [...new Set(commands.map(({ id }) => id + 1))];
        expect((await amounts(stores.store)).toSorted()).toEqual(once.toSorted());
        await stores.store.close();
      }),
      { numRuns: 10 },
    );
  });
});

describe('@IdempotentCommand', () => {
  it('takes commands of two tenants for two, though they have one id and come at once', async () => {
    const clock = new FakeClock();
    const shared = new MemoryEventStore({ clock });
    const store = Object.assign(new TenantedEventStore(shared), { inbox: new TenantedInbox(shared.inbox) });
    const { bus, handler } = await start({ store, clock });
    const pay = (tenant: string, amount: number) => withTenant(tenant, () => bus.execute(new Pay('a', amount)));
    expect(await finish(clock, Promise.all([pay('acme', 5), pay('umbrella', 7)]))).toEqual([5, 7]);
    // And one after another.
    expect(await finish(clock, pay('initech', 9))).toBe(9);
    expect(await finish(clock, pay('initech', 9))).toBeUndefined();
    expect(handler.runs).toBe(3);
    expect(await withTenant('umbrella', () => amounts(store))).toEqual([7]);
    await store.close();
  });

  it('lets a command that failed be tried again, and one that decided nothing not', async () => {
    const stores = memory();
    const { bus, handler } = await start(stores);
    await expect(bus.execute(new Pay('a', 5, 3))).rejects.toThrow('too much');
    expect(await bus.execute(new Pay('a', 5, 9))).toBe(5);
    await bus.execute(new Pay('b', 0));
    await bus.execute(new Pay('b', 7));
    expect(handler.runs).toBe(3);
    expect(await amounts(stores.store)).toEqual([5]);
  });

  it('has had its effect when the reply to its commit is lost', async () => {
    const stores = memory();
    const { bus } = await start(stores);
    const commit = stores.store.commit.bind(stores.store);
    stores.store.commit = async (given) => {
      await commit(given);
      stores.store.commit = commit;
      throw new Error('no reply');
    };
    await expect(bus.execute(new Pay('a', 5))).rejects.toThrow('no reply');
    expect(await bus.execute(new Pay('a', 5))).toBeUndefined();
    expect(await amounts(stores.store)).toEqual([5]);
  });

  it('keeps its own mark inside the handling of a message, whose redelivery runs it no second time', async () => {
    const stores = memory();
    const { bus, handler } = await start(stores);
    const context = { id: '1', source: 's', handler: 'h' } as never;
    const inbox = new InboxMiddleware(stores.store.inbox);
    const handle = () => inbox.handle(context, {}, () => bus.execute(new Pay('a', 5)));
    const record = stores.store.inbox.record.bind(stores.store.inbox);
    stores.store.inbox.record = () => Promise.reject(new Error('killed here'));
    await expect(handle()).rejects.toThrow('killed here');
    stores.store.inbox.record = record;
    await handle();
    expect(handler.runs).toBe(1);
    expect(await amounts(stores.store)).toEqual([5]);
  });

  it('answers a repeated command by a rule of its own', async () => {
    @CommandHandler(Pay)
    class Answering implements ICommandHandler<Pay> {
      constructor(@InjectAggregateRepository(Till) private readonly tills: AggregateRepository<Till>) {}

      @IdempotentCommand<Pay, number>({ key: ({ commandId }) => commandId, repeated: Answering.total })
      async execute({ amount, most }: Pay): Promise<number> {
        return this.tills.execute('1', (till) => (till.pay(amount, most), till.total), { create: true });
      }

      static async total(this: unknown): Promise<number> {
        return (await (this as Answering).tills.load('1')).total;
      }
    }
    const { bus } = await start(memory(), Answering);
    await bus.execute(new Pay('a', 5));
    await bus.execute(new Pay('b', 6));
    expect(await bus.execute(new Pay('a', 5))).toBe(11);
  });

  it('refuses a second commit, which the mark could not cover', async () => {
    @CommandHandler(Pay)
    class Twice implements ICommandHandler<Pay> {
      constructor(@InjectAggregateRepository(Till) private readonly tills: AggregateRepository<Till>) {}

      @IdempotentCommand<Pay, number>({ key: ({ commandId }) => commandId })
      async execute({ amount, most }: Pay): Promise<undefined> {
        for (const id of ['1', '2']) await this.tills.execute(id, (till) => till.pay(amount, most), { create: true });
      }
    }
    const { bus } = await start(memory(), Twice);
    await expect(bus.execute(new Pay('a', 5))).rejects.toMatchObject({ code: 'LC_SECOND_COMMIT' });
  });

  it('refuses a command without an id, an instance without an inbox, and options that cannot be', async () => {
    const { bus, handler } = await start(memory());
    await expect(bus.execute(new Pay('', 5))).rejects.toMatchObject({ code: 'LC_COMMAND_WITHOUT_ID' });
    expect(handler.runs).toBe(0);
    await expect(new PayHandler({} as never).execute(new Pay('a', 1))).rejects.toThrow(
      /an instance that Nest has made/,
    );
    expect(() => IdempotentCommand({ key: 'id', repeated: 1, name: '' } as never)).toThrow(/key.*repeated.*name/s);
    expect(() => ConcurrencyRetry({ retries: -1 })).toThrow(/retries/);
  });
});

describe('@ConcurrencyRetry', () => {
  @Injectable()
  class Plain {
    runs = 0;

    @ConcurrencyRetry({ retries: 2 })
    async work(fails: number, error: unknown): Promise<string> {
      if (this.runs++ < fails) throw error;
      return 'done';
    }
  }
  const conflict = Object.assign(new Error('conflict'), {
    [Symbol.for('nestjs-loose-coupling:error')]: true,
    code: 'LC_WRONG_EXPECTED_VERSION',
  });
  const made = async () => {
    const clock = new FakeClock();
    const module = await Test.createTestingModule({
      providers: [Plain, { provide: Clock, useValue: clock }],
    }).compile();
    return { clock, plain: module.get(Plain) };
  };

  it('runs a method again after a conflict, by the clock of the application', async () => {
    const { clock, plain } = await made();
    const working = plain.work(2, conflict);
    await clock.advance(500);
    expect(await working).toBe('done');
    expect(plain.runs).toBe(3);
  });

  it('gives up after its retries, and does not repeat other failures', async () => {
    const { clock, plain } = await made();
    const working = plain.work(3, conflict).catch((error: unknown) => error);
    await clock.advance(500);
    expect(await working).toBe(conflict);
    plain.runs = 0;
    await expect(plain.work(1, new Error('other'))).rejects.toThrow('other');
    expect(plain.runs).toBe(1);
  });

  it('works on an object that Nest has not made, and keeps the name, the length and the metadata of the method', async () => {
    const plain = new Plain();
    expect(await plain.work(1, conflict)).toBe('done');
    expect([plain.work.name, plain.work.length]).toEqual(['work', 2]);
    class Guarded {
      @ConcurrencyRetry()
      @SetMetadata('roles', ['admin'])
      async work(): Promise<void> {}
    }
    expect(Reflect.getMetadata('roles', new Guarded().work)).toEqual(['admin']);
  });
});
