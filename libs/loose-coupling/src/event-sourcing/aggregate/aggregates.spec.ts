import { Injectable, Module, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  AggregateRoot,
  CqrsModule,
  EventBus,
  EventPublisher,
  EventsHandler,
  UnhandledExceptionBus,
  type IEventHandler,
} from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { Clock, withCorrelation } from '../../kernel/index.js';
import { defineCommand, defineEvent } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { EventStore } from '../core/event-store.js';
import { EventType } from '../event-types/event-type.decorator.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import type { AggregateType } from '../feature/aggregate-feature.token.js';
import { createFeatureProviders } from '../feature/create-feature-providers.js';
import { InboxMiddleware } from '../inbox/inbox.middleware.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { read } from '../testing/event-store-under-test.js';
import { Snapshots } from '../snapshots/snapshots.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import { Aggregate } from './aggregate.decorator.js';
import { AggregateRepository } from './aggregate-repository.js';
import { getAggregateRepositoryToken, InjectAggregateRepository } from './aggregate-repository.token.js';
import { AggregateSession } from './aggregate-session.js';
import { Apply } from './apply.decorator.js';
import { EventSourcedAggregateRoot } from './event-sourced-aggregate-root.js';

@EventType('account.opened')
class AccountOpened {
  constructor(readonly owner: string) {}

  get greeting(): string {
    return `Hello ${this.owner}`;
  }
}

@EventType('account.credited', { version: 2 })
class AccountCredited {
  constructor(
    readonly amount: number,
    readonly tags: readonly string[] = [],
  ) {}
}

@EventType('account.noted')
class AccountNoted {
  constructor(readonly text: string) {}
}

@EventType('account.broken')
class AccountBroken {}

class Unnamed {}

const Credited = defineEvent<{ account: string; amount: number }>('bank.account.credited', { key: (e) => e.account });
const Audit = defineCommand<{ account: string }>('bank.audit');
const Strict = defineEvent('bank.strict', {
  schema: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) => (value === 'good' ? { value } : { issues: [{ message: 'must be good' }] }),
    },
  },
});

@Aggregate({ category: 'account', events: [AccountNoted] })
class Account extends EventSourcedAggregateRoot {
  owner = '';
  balance = 0;
  greeting = '';
  notes: string[] = [];

  open(owner: string): void {
    this.apply(new AccountOpened(owner));
  }

  credit(amount: number): void {
    this.apply(new AccountCredited(amount, ['cash']));
    this.emit(Credited, { account: this.id, amount });
  }

  audit(delay?: number): void {
    this.emit(Audit, { account: this.id }, delay === undefined ? {} : { delay });
  }

  sendStrict(data: unknown): void {
    this.emit(Strict, data);
  }

  @Apply(AccountOpened)
  protected whenOpened(event: AccountOpened): void {
    this.owner = event.owner;
    this.greeting = event.greeting;
  }

  @Apply(AccountCredited)
  protected whenCredited(event: AccountCredited): void {
    this.balance += event.amount;
  }

  @Apply(AccountBroken)
  protected whenBroken(): void {
    throw new Error('cannot be applied');
  }

  /** By the convention of @nestjs/cqrs. */
  onAccountNoted(event: AccountNoted): void {
    this.notes.push(event.text);
  }
}

@EventType('vault.filled')
class VaultFilled {}

class Vault extends EventSourcedAggregateRoot {
  filled = 0;

  fill(): void {
    this.apply(new VaultFilled());
  }

  @Apply(VaultFilled)
  protected whenFilled(): void {
    this.filled += 1;
  }
}

async function start(aggregates: AggregateType[] = [Account, Vault], providers: Type[] = [], imports: Type[] = []) {
  const clock = new FakeClock();
  const store = new MemoryEventStore({ clock });
  const core = [
    EventTypeRegistry,
    EventUpcasters,
    { provide: Snapshots, useValue: new Snapshots(store.snapshots, () => undefined) },
    { provide: Clock, useValue: clock },
    { provide: EventStore, useValue: store },
    { provide: OutgoingMessageFactory, useValue: new OutgoingMessageFactory('bank', clock) },
  ];
  const feature = createFeatureProviders({ aggregates });
  const module = await Test.createTestingModule({
    imports,
    providers: [...core, ...feature.providers, ...providers],
  }).compile();
  await module.init();
  const accounts = module.get<AggregateRepository<Account>>(getAggregateRepositoryToken(Account), { strict: false });
  return { module, clock, store, accounts, session: module.get(AggregateSession) };
}

describe('AggregateRepository', () => {
  it('loads what it saved: events as instances of their classes, state, version', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    account.credit(5);
    account.apply(new AccountNoted('first'));
    expect(account.version).toBe(0);
    await accounts.save(account);
    expect(account.version).toBe(3);
    expect(account.getUncommittedEvents()).toEqual([]);

    const loaded = await accounts.load('1');
    expect(loaded).toMatchObject({ id: '1', owner: 'Ada', balance: 5, greeting: 'Hello Ada', notes: ['first'] });
    expect(loaded.version).toBe(3);
    expect(loaded.getUncommittedEvents()).toEqual([]);
    expect(await read(store, 'account-1')).toMatchObject([
      { type: 'account.opened', schemaVersion: 1, data: { owner: 'Ada' } },
      { type: 'account.credited', schemaVersion: 2, data: { amount: 5, tags: ['cash'] } },
      { type: 'account.noted', schemaVersion: 1, data: { text: 'first' } },
    ]);
  });

  it('tells an aggregate that is not there from one that is', async () => {
    const { accounts } = await start();
    expect(await accounts.find('1')).toBeUndefined();
    await expect(accounts.load('1')).rejects.toMatchObject({ code: 'LC_AGGREGATE_NOT_FOUND', id: '1' });
    expect((await accounts.loadOrCreate('1')).version).toBe(0);
    await expect(accounts.load('')).rejects.toThrow(TypeError);
  });

  it('stores emitted messages in the commit of the events, in the stream of the aggregate', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    account.credit(5);
    account.audit(1000);
    await accounts.save(account);
    const [event, command] = await store.outbox.pending(0, 10);
    expect(event).toMatchObject({ kind: 'event', destination: 'bank.account.credited', lanes: ['account-1'] });
    expect(event?.envelope).toMatchObject({ source: 'bank', partitionkey: '1', data: { account: '1', amount: 5 } });
    expect(command).toMatchObject({ kind: 'command', destination: 'bank-audit', dueAt: expect.any(Number) });
    await accounts.save(account);
    expect(await store.outbox.countPending()).toBe(2);
  });

  it('stores nothing, and keeps everything, when an emitted message fails its schema', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    account.sendStrict('bad');
    await expect(accounts.save(account)).rejects.toMatchObject({ code: 'LC_INVALID_MESSAGE_DATA' });
    expect(await read(store, 'account-1')).toEqual([]);
    expect(account.getUncommittedEvents()).toHaveLength(1);
  });

  it('keeps what is applied while a save is on its way for the next one', async () => {
    const { accounts } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    const saving = accounts.save(account);
    account.credit(1);
    await saving;
    expect(account.getUncommittedEvents()).toHaveLength(1);
    await accounts.save(account);
    expect((await accounts.load('1')).balance).toBe(1);
  });

  it('lets saves of one aggregate follow each other, so that each message is stored once', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.audit();
    const saves = [account.commit(), account.commit()];
    account.audit(1);
    await Promise.all(saves);
    await account.commit();
    const pending = await store.outbox.pending(0, 10);
    expect(pending.map(({ dueAt }) => dueAt !== undefined)).toEqual([false, true]);
  });

  it('saves again after a save that failed', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.sendStrict('bad');
    const settled = await Promise.allSettled([account.commit(), account.commit()]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    account.uncommit();
    account.audit();
    await account.commit();
    expect(await store.outbox.countPending()).toBe(1);
  });

  it('keeps what is applied after an uncommit while a save is on its way', async () => {
    const { accounts } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    const saving = account.commit();
    account.uncommit();
    account.credit(1);
    await saving;
    expect(account.getUncommittedEvents()).toEqual([new AccountCredited(1, ['cash'])]);
  });

  it('writes the correlation of the work in progress to events and messages', async () => {
    const { accounts, store } = await start();
    const correlation = { correlationId: 'cor', causationId: 'cau', tenantId: 't1' };
    await withCorrelation(correlation, () => accounts.execute('1', (account) => account.credit(1), { create: true }));
    const [stored] = await read(store, 'account-1');
    expect(stored?.metadata).toEqual(correlation);
    const [message] = await store.outbox.pending(0, 1);
    expect(message?.envelope).toMatchObject({ correlationid: 'cor', causationid: 'cau', tenantid: 't1' });
  });

  it('runs work again on the new state when somebody else was faster', async () => {
    const { accounts, clock } = await start();
    await accounts.execute('1', (account) => account.open('Ada'), { create: true });
    let runs = 0;
    const working = accounts.execute('1', async (account) => {
      runs += 1;
      if (runs <= 2) await accounts.execute('1', (other) => other.credit(10));
      account.credit(1);
      return account.balance;
    });
    await clock.advance(1000);
    expect(await working).toBe(21);
    expect(runs).toBe(3);
    expect((await accounts.load('1')).balance).toBe(21);
  });

  it('gives up after the retries with the conflict, and does not retry other errors', async () => {
    const { accounts, clock } = await start();
    await accounts.execute('1', (account) => account.open('Ada'), { create: true });
    let runs = 0;
    const working = accounts.execute(
      '1',
      async (account) => {
        runs += 1;
        await accounts.execute('1', (other) => other.credit(1));
        account.credit(1);
      },
      { retries: 2 },
    );
    const outcome = working.catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await outcome).toMatchObject({ code: 'LC_WRONG_EXPECTED_VERSION' });
    expect(runs).toBe(3);
    let failing = 0;
    await expect(accounts.execute('1', () => Promise.reject(new Error(`run ${++failing}`)))).rejects.toThrow('run 1');
  });

  it('adds to one many, from many writers at once, without losing any', async () => {
    const { accounts, clock } = await start();
    await accounts.execute('1', (account) => account.open('Ada'), { create: true });
    const writers = Promise.all(
      Array.from({ length: 20 }, () => accounts.execute('1', (account) => account.credit(1), { retries: 50 })),
    );
    await clock.advance(20_000);
    await writers;
    expect((await accounts.load('1')).balance).toBe(20);
  });

  it('refuses an event that it could not load again, and one that cannot be applied', async () => {
    const { accounts } = await start();
    const account = accounts.create('1');
    expect(() => account.apply(new Unnamed())).toThrow(/applied a Unnamed.*@EventType/s);
    expect(() => account.apply(new AccountBroken())).toThrow('cannot be applied');
    expect(account.getUncommittedEvents()).toEqual([]);
  });

  it('refuses a stored event that it does not know', async () => {
    const { accounts, store } = await start();
    await store.appendToStream('account-1', [{ type: 'account.credited', schemaVersion: 7, data: {} }]);
    await expect(accounts.load('1')).rejects.toMatchObject({
      code: 'LC_UNKNOWN_EVENT_TYPE',
      message: /account\.credited@7.*account\.credited@2/,
    });
  });

  it('joins the inbox of the message being handled, also when its first try conflicts', async () => {
    const { accounts, store, clock } = await start();
    await accounts.execute('1', (account) => account.open('Ada'), { create: true });
    const mark = { consumer: 'h', messageId: '["s","1"]' };
    const context = { id: '1', source: 's', handler: 'h' } as never;
    let runs = 0;
    const handling = new InboxMiddleware(store.inbox).handle(context, {}, () =>
      accounts.execute('1', async (account) => {
        if (++runs === 1)
          await store.appendToStream('account-1', [{ type: 'account.noted', data: { text: 'x' } }], { inbox: null });
        account.credit(1);
      }),
    );
    await clock.advance(1000);
    await handling;
    expect(runs).toBe(2);
    expect(await store.inbox.has(mark)).toBe(true);
  });
});

describe('AggregateSession', () => {
  it('saves aggregates of several classes in one transaction', async () => {
    const { session, store, accounts } = await start();
    const result = await session.execute(async (unit) => {
      const account = await unit.loadOrCreate(Account, '1');
      const vault = await unit.loadOrCreate(Vault, '1');
      expect(await unit.loadOrCreate(Vault, '1')).toBe(vault);
      account.credit(1);
      vault.fill();
      return account.balance;
    });
    expect(result).toBe(1);
    expect((await accounts.load('1')).balance).toBe(1);
    expect(await read(store, 'vault-1')).toHaveLength(1);
  });

  it('saves none of them when one was changed by others, and begins again', async () => {
    const { session, store, clock } = await start();
    let runs = 0;
    const working = session.execute(async (unit) => {
      runs += 1;
      const account = await unit.loadOrCreate(Account, '1');
      const vault = await unit.loadOrCreate(Vault, '1');
      account.credit(1);
      vault.fill();
      if (runs === 1) await store.appendToStream('vault-1', [{ type: 'vault.filled', data: {} }]);
    });
    await clock.advance(1000);
    await working;
    expect(runs).toBe(2);
    expect(await read(store, 'account-1')).toHaveLength(1);
    expect(await read(store, 'vault-1')).toHaveLength(2);
    expect(await store.outbox.countPending()).toBe(1);
  });

  it('saves aggregates that came from repositories', async () => {
    const { session, accounts, store } = await start();
    const account = accounts.create('1');
    const other = accounts.create('2');
    account.credit(1);
    other.credit(2);
    await session.save([account, other]);
    expect((await read(store, 'account-2')).length + account.version).toBe(2);
  });
});

describe('the start of the application', () => {
  it('refuses an event class without @EventType', async () => {
    class Careless extends EventSourcedAggregateRoot {
      @Apply(Unnamed) protected when(): void {}
    }
    await expect(start([Careless])).rejects.toThrow(/Unnamed has no @EventType/);
  });

  it('refuses two meanings of one stored name, within an aggregate and between two', async () => {
    @EventType('vault.filled')
    class Other {}
    class Twice extends EventSourcedAggregateRoot {
      @Apply(Other) protected one(): void {}
      @Apply(VaultFilled) protected two(): void {}
    }
    await expect(start([Twice])).rejects.toThrow(/VaultFilled and Other are both stored as vault.filled@1/);
    class Rival extends EventSourcedAggregateRoot {
      @Apply(Other) protected one(): void {}
    }
    await expect(start([Vault, Rival])).rejects.toThrow(/are both stored as vault.filled@1/);
  });

  it('refuses two aggregates of one category, and a category that breaks stream names', async () => {
    @Aggregate({ category: 'vault' })
    class Impostor extends EventSourcedAggregateRoot {}
    await expect(start([Vault, Impostor])).rejects.toThrow(/category "vault" is taken by Vault/);
    @Aggregate({ category: 'a-b' })
    class Dashed extends EventSourcedAggregateRoot {}
    await expect(start([Dashed])).rejects.toThrow(/category/);
  });

  it('refuses two methods for one event', async () => {
    class Torn extends EventSourcedAggregateRoot {
      @Apply(VaultFilled) protected one(): void {}
      @Apply(VaultFilled) protected two(): void {}
    }
    await expect(start([Torn])).rejects.toThrow(/one and two both apply VaultFilled/);
  });

  it('refuses a class that is no event-sourced aggregate', () => {
    expect(() => createFeatureProviders({ aggregates: [class Plain {}] })).toThrow(/EventSourcedAggregateRoot/);
  });

  it('injects repositories by their aggregate', async () => {
    @Injectable()
    class Service {
      constructor(
        @InjectAggregateRepository(Account) readonly accounts: AggregateRepository<Account>,
        readonly session: AggregateSession,
      ) {}
    }
    const { module, accounts, session } = await start([Account], [Service]);
    const service = module.get(Service);
    expect(service.accounts).toBe(accounts);
    expect(service.session).toBe(session);
  });
});

/** In @nestjs/cqrs 11 and 12 commit() returns nothing, clears the events at once, and forgets those it failed on. */
describe('commit() of an aggregate, unlike that of @nestjs/cqrs', () => {
  it('[nestjs-cqrs-1] can be awaited', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    const committing = account.commit();
    expect(committing).toBeInstanceOf(Promise);
    await committing;
    expect(await read(store, 'account-1')).toHaveLength(1);
    const loaded = await accounts.load('1');
    loaded.credit(1);
    await loaded.commit();
    expect(loaded.version).toBe(2);
  });

  it('keeps the events when the store refuses them, and rejects', async () => {
    const { accounts, store } = await start();
    const account = accounts.create('1');
    account.open('Ada');
    await store.appendToStream('account-1', [{ type: 'account.noted', data: { text: 'first' } }]);
    await expect(account.commit()).rejects.toMatchObject({ code: 'LC_WRONG_EXPECTED_VERSION' });
    expect(account.getUncommittedEvents()).toEqual([new AccountOpened('Ada')]);
    expect(account.version).toBe(0);
  });

  it('[nestjs-cqrs-3] keeps the events when a publisher rejects', async () => {
    const account = new Account('1');
    account.publishAll = () => Promise.reject(new Error('broker away')) as never;
    account.open('Ada');
    await expect(account.commit()).rejects.toThrow('broker away');
    expect(account.getUncommittedEvents()).toHaveLength(1);
  });

  it('[nestjs-cqrs-2] shows an asynchronous publisher all events, also after its first await', async () => {
    const account = new Account('1');
    const seen: number[] = [];
    account.publishAll = (async (events: object[]) => {
      await Promise.resolve();
      seen.push(events.length);
    }) as never;
    account.open('Ada');
    account.apply(new AccountNoted('x'));
    await account.commit();
    expect(seen).toEqual([2]);
    expect(account.getUncommittedEvents()).toEqual([]);
  });

  it('refuses to lose events of an aggregate that belongs to nothing', async () => {
    const account = new Account('1');
    account.open('Ada');
    await expect(account.commit()).rejects.toMatchObject({ code: 'LC_DETACHED_AGGREGATE' });
    expect(account.getUncommittedEvents()).toHaveLength(1);
    expect(() => (account.autoCommit = true)).toThrow(TypeError);
  });

  it('is an AggregateRoot, and works with EventPublisher', async () => {
    const { module } = await start([Account], [], [CqrsModule.forRoot() as never]);
    const publish = jest.spyOn(module.get(EventBus), 'publishAll');
    const account = module.get(EventPublisher).mergeObjectContext(new Account('1'));
    expect(account).toBeInstanceOf(AggregateRoot);
    account.open('Ada');
    await account.commit();
    expect(publish).toHaveBeenCalledTimes(1);
  });
});

describe('the EventBus of @nestjs/cqrs', () => {
  const handled: object[] = [];
  let fails: (() => Promise<void>) | undefined;

  @EventsHandler(AccountOpened)
  class WhenOpened implements IEventHandler<AccountOpened> {
    handle(event: AccountOpened): Promise<void> | void {
      if (fails) return fails();
      handled.push(event);
    }
  }

  @Module({ imports: [CqrsModule.forRoot()], providers: [WhenOpened] })
  class Handlers {}

  beforeEach(() => {
    handled.length = 0;
    fails = undefined;
  });

  it('hears of events after they are stored, and only then', async () => {
    const { accounts, store } = await start([Account], [], [Handlers]);
    await accounts.execute('1', (account) => account.open('Ada'), { create: true });
    expect(handled).toEqual([new AccountOpened('Ada')]);
    const late = accounts.create('1');
    late.open('Bob');
    await expect(late.commit()).rejects.toThrow('Nothing was stored');
    expect(handled).toHaveLength(1);
    expect(await read(store, 'account-1')).toHaveLength(1);
  });

  it('runs its handlers outside of the message being handled, so that they may commit', async () => {
    const { accounts, store, module } = await start([Account], [], [Handlers]);
    const committed: unknown[] = [];
    const opened = module.get(EventBus).subscribe(() => {
      void store.appendToStream('side-1', [{ type: 'x', data: {} }]).then(
        () => committed.push('stored'),
        (error: unknown) => committed.push(error),
      );
    });
    await new InboxMiddleware(store.inbox).handle({ id: '1', source: 's', handler: 'h' } as never, {}, async () => {
      await accounts.execute('1', (account) => account.open('Ada'), { create: true });
      await new Promise(setImmediate);
    });
    expect(committed).toEqual(['stored']);
    opened.unsubscribe();
  });

  it('[nestjs-cqrs-4] has what fails after a commit told to the UnhandledExceptionBus, and to nobody else', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    const { accounts, module } = await start([Account], [], [Handlers]);
    module.useLogger(false);
    const told: [string, object][] = [];
    module
      .get<UnhandledExceptionBus<object>>(UnhandledExceptionBus, { strict: false })
      .subscribe(({ cause, exception }) => told.push([(exception as Error).message, cause]));
    const bus = module.get(EventBus, { strict: false });
    const open = (id: string) => accounts.execute(id, (account) => account.open(id), { create: true });

    fails = () => {
      throw new Error('thrown');
    };
    await open('1');
    fails = () => Promise.reject(new Error('rejected'));
    await open('2');
    jest.spyOn(bus, 'publishAll').mockImplementationOnce(() => {
      throw new Error('publisher threw');
    });
    await open('3');
    jest
      .spyOn(bus, 'publishAll')
      .mockImplementationOnce((() => Promise.reject(new Error('publisher rejected'))) as never);
    await open('4');
    await new Promise(setImmediate);
    process.off('unhandledRejection', listen);

    expect(told).toEqual([
      ['thrown', new AccountOpened('1')],
      ['rejected', new AccountOpened('2')],
      ['publisher threw', new AccountOpened('3')],
      ['publisher rejected', new AccountOpened('4')],
    ]);
    expect(unhandled).toEqual([]);
    for (const id of ['1', '2', '3', '4']) expect((await accounts.load(id)).version).toBe(1);
  });

  it('is not needed', async () => {
    const { accounts, module } = await start([Account]);
    expect(() => module.get(ModuleRef).get(EventBus, { strict: false })).toThrow('EventBus');
    await accounts.execute('1', (account) => account.open('Ada'), { create: true });
    expect((await accounts.load('1')).version).toBe(1);
  });
});
