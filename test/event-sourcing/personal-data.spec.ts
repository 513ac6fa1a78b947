import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CqrsModule } from '@nestjs/cqrs';
import { z } from 'zod';
import {
  defineEvent,
  type EventOf,
  LooseCouplingModule,
  MessageBus,
  OnDeadLetter,
  OnEvent,
  type LooseCouplingOptions,
} from 'nestjs-loose-coupling';
import {
  Aggregate,
  AggregateRepository,
  Apply,
  DataSubjects,
  EventSourcedAggregateRoot,
  EventStore,
  EventType,
  getAggregateRepositoryToken,
  isForgotten,
  orElse,
  PersonalData,
  SqliteInlineProjection,
  type EventEnvelope,
  type Forgettable,
  type SqliteDatabase,
} from 'nestjs-loose-coupling/event-sourcing';

const NAME = 'Ada-Lovelace-1815';
const EMAIL = 'ada@analytical.example';
const KEY = randomBytes(32).toString('base64');

const CustomerWelcomed = defineEvent('shop.customer.welcomed', {
  schema: z.object({ customerId: z.string(), email: z.string(), plan: z.string() }),
  personalData: { subject: 'customerId', fields: ['email'] },
});
const Unread = defineEvent<{ id: string; email: string }>('shop.customer.unread', {
  personalData: { subject: 'id', fields: ['email'] },
});

@EventType('customer.registered')
@PersonalData({ subject: 'customerId', fields: ['email'] })
class CustomerRegistered {
  @PersonalData({ subject: 'customerId' })
  readonly name: string;

  constructor(
    readonly customerId: string,
    name: string,
    readonly email: string,
  ) {
    this.name = name;
  }
}

@Aggregate({ category: 'customer' })
class Customer extends EventSourcedAggregateRoot {
  name: Forgettable<string> = '';

  register(name: string, email: string): void {
    this.apply(new CustomerRegistered(this.id, name, email));
    this.emit(CustomerWelcomed, { customerId: this.id, email, plan: 'basic' });
  }

  @Apply(CustomerRegistered)
  protected whenRegistered({ name }: CustomerRegistered): void {
    this.name = name;
  }
}

@Injectable()
class Names extends SqliteInlineProjection {
  readonly name = 'names';
  readonly migrations = ['CREATE TABLE names (id TEXT PRIMARY KEY, name TEXT)'];

  override apply(events: readonly EventEnvelope[], database: SqliteDatabase): void {
    for (const { type, data } of events) {
      if (type === 'customer.registered') {
        const { customerId, name } = data as { customerId: string; name: Forgettable<string> };
        database.prepare('INSERT OR REPLACE INTO names VALUES (?, ?)').run(customerId, orElse(name, null));
      } else if (type === 'lc.subject.forgotten') {
        database.prepare('UPDATE names SET name = NULL WHERE id = ?').run((data as { subject: string }).subject);
      }
    }
  }

  all(): unknown[] {
    return this.database.prepare('SELECT id, name FROM names').all();
  }
}

@Injectable()
class Listener {
  readonly heard: unknown[] = [];
  readonly dead: unknown[] = [];
  hold: Promise<void> = Promise.resolve();

  @OnEvent(CustomerWelcomed, { retry: { maxAttempts: 1 } })
  async hear(event: EventOf<typeof CustomerWelcomed>): Promise<void> {
    await this.hold;
    this.heard.push(event);
    if (event.plan === 'fails') throw new Error('the mail server is away');
  }

  @OnDeadLetter(CustomerWelcomed)
  bury(event: unknown): void {
    this.dead.push(event);
  }
}

describe('a service with personal data', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lc-personal-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = async (options: LooseCouplingOptions = {}) => {
    const module = await Test.createTestingModule({
      imports: [
        CqrsModule.forRoot(),
        LooseCouplingModule.forRoot({
          service: 'crm',
          store: { type: 'sqlite', file: join(folder, 'crm.db') },
          transport: { type: 'local', file: join(folder, 'broker.db') },
          personalData: { keyEncryptionKey: KEY },
          ...options,
        }),
        LooseCouplingModule.forFeature({ aggregates: [Customer], projections: [Names], events: [Unread] }),
      ],
      providers: [Listener],
    }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const customers = app.get<AggregateRepository<Customer>>(getAggregateRepositoryToken(Customer));
    return { app, customers, listener: app.get(Listener), subjects: app.get(DataSubjects) };
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const bytes = (prefix: string) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(prefix))
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join();

  it('reads it in aggregates, projections and handlers until it is forgotten, and stores it nowhere', async () => {
    const { app, customers, listener, subjects } = await open();
    await customers.execute('c-1', (customer) => customer.register(NAME, EMAIL), { create: true });
    await until(() => listener.heard.length === 1);
    expect(listener.heard).toEqual([{ customerId: 'c-1', email: EMAIL, plan: 'basic' }]);
    expect((await customers.load('c-1')).name).toBe(NAME);
    expect(app.get(Names).all()).toEqual([{ id: 'c-1', name: NAME }]);

    await subjects.forget('c-1');
    expect(isForgotten((await customers.load('c-1')).name)).toBe(true);
    expect(app.get(Names).all()).toEqual([{ id: 'c-1', name: null }]);
    await expect(customers.execute('c-1', (customer) => customer.register(NAME, EMAIL))).rejects.toMatchObject({
      code: 'LC_SUBJECT_FORGOTTEN',
    });
    await app.close();

    const again = await open();
    expect(isForgotten((await again.customers.load('c-1')).name)).toBe(true);
    await again.app.close();
  });

  it('leaves no plaintext and no key in the bytes of any file', async () => {
    const { app, listener } = await open();
    const mail = { id: 'c-2', email: EMAIL };
    await app.get(MessageBus).publish(Unread, mail);
    await app.get(MessageBus).publish(CustomerWelcomed, { customerId: 'c-2', email: EMAIL, plan: 'fails' });
    const event = new CustomerRegistered('c-2', NAME, EMAIL);
    await app.get(EventStore).appendToStream('customer-2', [{ type: 'customer.registered', data: { ...event } }]);
    await until(() => listener.dead.length === 1);
    expect(listener.dead).toEqual([{ customerId: 'c-2', email: EMAIL, plan: 'fails' }]);
    await app.get(EventStore).appendToStream('customer-3', [{ type: 'customer.registered', data: event }]);
    // The read model holds the name for queries, which is why it must erase it.
    const files = bytes('broker') + bytes('crm-keys');
    expect(files).toContain('shop.customer.welcomed');
    for (const secret of [EMAIL, NAME, KEY, Buffer.from(KEY, 'base64').toString('latin1')]) {
      expect(files).not.toContain(secret);
    }
    expect(bytes('crm')).not.toContain(EMAIL);
    await app.close();
  });

  it('dead-letters a message whose schema cannot do without what was forgotten meanwhile', async () => {
    const { app, customers, listener, subjects } = await open({ consumer: { enabled: false } });
    await customers.execute('c-4', (customer) => customer.register(NAME, EMAIL), { create: true });
    await subjects.forget('c-4');
    await app.close();
    expect(listener.heard).toEqual([]);
    const later = await open();
    await until(() => later.listener.dead.length === 1);
    expect(later.listener.heard).toEqual([]);
    expect(isForgotten((later.listener.dead[0] as { email: unknown }).email)).toBe(true);
    await later.app.close();
  });

  it('refuses marked data where nothing protects it', async () => {
    const module = await Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot({ logger: false })],
    }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const refused = { code: 'LC_UNPROTECTED_PERSONAL_DATA' };
    const event = { type: 'customer.registered', data: new CustomerRegistered('c', NAME, EMAIL) };
    await expect(app.get(EventStore).appendToStream('a-1', [event])).rejects.toMatchObject(refused);
    await expect(app.get(MessageBus).publish(Unread, { id: 'c', email: EMAIL })).rejects.toMatchObject(refused);
    await expect(app.get(DataSubjects).forget('c')).rejects.toMatchObject({ code: 'LC_INVALID_OPTIONS' });
    await app.close();
  });

  it('lists what is wrong with its options at start, and quotes no key', async () => {
    const forgotten = {
      keyEncryptionKey: 'c2hvcnQga2V5',
      keyProvider: {},
      cacheFor: -1,
      events: { x: { subject: '' } },
    };
    const start = Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot({ personalData: forgotten as never })],
    }).compile();
    const error = (await start.catch((reason: unknown) => reason)) as Error & { faults: string[] };
    expect(error).toMatchObject({ code: 'LC_INVALID_OPTIONS' });
    expect(error.faults).toHaveLength(6);
    expect(JSON.stringify(error.faults) + String(error.stack)).not.toContain('c2hvcnQ');
  });
});
