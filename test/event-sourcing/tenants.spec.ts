import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import {
  createEnvelope,
  defineEvent,
  LooseCouplingModule,
  OnEvent,
  type LooseCouplingOptions,
} from 'nestjs-loose-coupling';
import {
  Aggregate,
  AggregateRepository,
  AggregateSession,
  Apply,
  DataSubjects,
  EventSourcedAggregateRoot,
  EventStore,
  EventType,
  getAggregateRepositoryToken,
  isForgotten,
  Outbox,
  PersistentSubscriptions,
  PersonalData,
  SqliteEventStore,
  withAllTenants,
  withTenant,
  type Forgettable,
} from 'nestjs-loose-coupling/event-sourcing';

const NAME = 'Ada-Lovelace-1815';
const Joined = defineEvent<{ member: string; plan: string }>('shop.member.joined');

@EventType('member.joined')
@PersonalData({ subject: 'member', fields: ['name'] })
class MemberJoined {
  constructor(
    readonly member: string,
    readonly name: string,
  ) {}
}

@Aggregate({ category: 'member', snapshot: { every: 1 } })
class Member extends EventSourcedAggregateRoot {
  name: Forgettable<string> = '';

  join(name: string): void {
    this.apply(new MemberJoined(this.id, name));
    this.emit(Joined, { member: this.id, plan: 'basic' });
  }

  @Apply(MemberJoined)
  protected whenJoined({ name }: MemberJoined): void {
    this.name = name;
  }
}

@Injectable()
class Welcome {
  readonly done: string[] = [];

  constructor(private readonly store: EventStore) {}

  @OnEvent(Joined)
  async hear({ member }: { member: string }): Promise<void> {
    await this.store.appendToStream(`welcome-${member}`, [{ type: 'member.welcomed', data: { member } }]);
    this.done.push(member);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'lc-tenants-'));
const previous = process.env['LOOSE_COUPLING_DATA_DIR'];
beforeAll(() => void (process.env['LOOSE_COUPLING_DATA_DIR'] = folder));
afterAll(() => {
  if (previous === undefined) delete process.env['LOOSE_COUPLING_DATA_DIR'];
  else process.env['LOOSE_COUPLING_DATA_DIR'] = previous;
  rmSync(folder, { recursive: true });
});

const KEY = randomBytes(32).toString('base64');
const open = async (options: LooseCouplingOptions) => {
  const module = await Test.createTestingModule({
    imports: [
      CqrsModule.forRoot(),
      LooseCouplingModule.forRoot({ personalData: { keyEncryptionKey: KEY }, ...options }),
      LooseCouplingModule.forFeature({ aggregates: [Member] }),
    ],
    providers: [Welcome],
  }).compile();
  const app = await module.createNestApplication({ logger: false }).init();
  const members = app.get<AggregateRepository<Member>>(getAggregateRepositoryToken(Member));
  return { app, members, store: app.get(EventStore), subjects: app.get(DataSubjects), welcome: app.get(Welcome) };
};
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const typesIn = async (store: EventStore, streamName: string) => {
  const types: string[] = [];
  for await (const { type } of store.readStream(streamName)) types.push(type);
  return types;
};

describe.each(['prefix', 'store'] as const)('a service with tenants, kept apart by %s', (type) => {
  it('handles messages for the tenant that caused them, and forgets a person of one tenant only', async () => {
    const { app, members, store, subjects, welcome } = await open({
      service: `members-${type}`,
      store: { type: 'sqlite' },
      tenancy: { type },
    });
    for (const tenant of ['acme', 'zeta']) {
      const name = `${NAME} of ${tenant}`;
      await withTenant(tenant, () => members.execute('m-1', (member) => member.join(name), { create: true }));
    }
    await until(() => welcome.done.length === 2);
    for (const tenant of ['acme', 'zeta']) {
      expect(await withTenant(tenant, () => typesIn(store, 'welcome-m-1'))).toEqual(['member.welcomed']);
      expect((await withTenant(tenant, () => members.load('m-1'))).name).toBe(`${NAME} of ${tenant}`);
      expect(await withTenant(tenant, () => app.get(Outbox).pending())).toBe(0);
    }
    await expect(app.get(Outbox).parked()).rejects.toMatchObject({ code: 'LC_MISSING_TENANT' });
    expect(await withTenant('acme', () => app.get(Outbox).parked())).toEqual([]);
    expect(await withAllTenants(() => app.get(Outbox).parked())).toEqual([]);
    await withTenant('acme', () => subjects.forget('m-1'));
    expect(isForgotten((await withTenant('acme', () => members.load('m-1'))).name)).toBe(true);
    expect((await withTenant('zeta', () => members.load('m-1'))).name).toBe(`${NAME} of zeta`);
    await expect(members.load('m-1')).rejects.toMatchObject({ code: 'LC_MISSING_TENANT' });
    await expect(subjects.forget('m-1')).rejects.toMatchObject({ code: 'LC_MISSING_TENANT' });
    await app.close();
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name), 'latin1')).not.toContain(NAME);
  });
});

describe.each(['prefix', 'store'] as const)('aggregates of one id, of tenants kept apart by %s', (type) => {
  const refused = { code: 'LC_INVALID_COMMIT' };

  it('are saved to the tenant they were loaded or made for, and to no other', async () => {
    const { app, members, store } = await open({ service: 'ids', store: { type: 'memory' }, tenancy: { type } });
    for (const tenant of ['acme', 'zeta'])
      await withTenant(tenant, () => members.execute('m-1', (member) => member.join(tenant), { create: true }));
    const loaded = await withTenant('acme', () => members.load('m-1'));
    const made = withTenant('acme', () => members.create('m-2'));
    const nobodys = members.create('m-3');
    for (const member of [loaded, made, nobodys]) member.join('again');

    // At the same version there, so nothing else would notice.
    await expect(withTenant('zeta', () => members.save(loaded))).rejects.toMatchObject(refused);
    await expect(withTenant('zeta', () => loaded.commit())).rejects.toMatchObject(refused);
    await expect(withTenant('zeta', () => members.save(made))).rejects.toMatchObject(refused);
    await expect(members.save(nobodys)).rejects.toMatchObject({ code: 'LC_MISSING_TENANT' });
    for (const member of [loaded, made, nobodys]) await withTenant('acme', () => members.save(member));
    nobodys.join('once more');
    await expect(withTenant('zeta', () => nobodys.commit())).rejects.toMatchObject(refused);

    const counts = async (tenant: string) =>
      Promise.all(['m-1', 'm-2', 'm-3'].map((id) => withTenant(tenant, () => typesIn(store, `member-${id}`))));
    expect((await counts('acme')).map(({ length }) => length)).toEqual([2, 1, 1]);
    expect((await counts('zeta')).map(({ length }) => length)).toEqual([1, 0, 0]);
    await app.close();
  });

  it('are each its own in a session, which saves those of one tenant', async () => {
    const { app, members, store } = await open({ service: 'unit', store: { type: 'memory' }, tenancy: { type } });
    for (const tenant of ['acme', 'zeta'])
      await withTenant(tenant, () => members.execute('m-1', (member) => member.join(tenant), { create: true }));
    const names: unknown[] = [];
    const work = withTenant('acme', () =>
      app.get(AggregateSession).execute(async (unit) => {
        for (const tenant of ['acme', 'zeta']) {
          const member = await withTenant(tenant, () => unit.load(Member, 'm-1'));
          names.push(member.name);
          member.join('both');
        }
      }),
    );
    await expect(work).rejects.toMatchObject(refused);
    expect(names).toEqual(['acme', 'zeta']);
    for (const tenant of ['acme', 'zeta'])
      expect(await withTenant(tenant, () => typesIn(store, 'member-m-1'))).toHaveLength(1);
    await app.close();
  });
});

describe('a service with tenants', () => {
  it('subscribes to the feed of all, each event for its tenant, where they share a store', async () => {
    const { app, members, store } = await open({
      service: 'all',
      store: { type: 'memory' },
      tenancy: { type: 'prefix' },
    });
    app.get(PersistentSubscriptions).subscribe({ name: 'copies', types: ['member.joined'] }, async ({ streamName }) => {
      await store.appendToStream('copies', [{ type: 'copied', data: { streamName } }]);
    });
    await withTenant('acme', () => members.execute('m-1', (member) => member.join(NAME), { create: true }));
    let copied: string[] = [];
    while (copied.length === 0) {
      copied = await withTenant('acme', () => typesIn(store, 'copies'));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await withTenant('zeta', () => typesIn(store, 'copies'))).toEqual([]);
    await app.close();
  });

  it('refuses such a subscription at once where each has a store', async () => {
    const { app } = await open({ service: 'none', store: { type: 'memory' }, tenancy: { type: 'store' } });
    const subscribe = () => app.get(PersistentSubscriptions).subscribe({ name: 'copies' }, () => undefined);
    expect(subscribe).toThrow("with 'store' there is no feed of all tenants");
    await app.close();
  });

  it('sends at start what an earlier run left in the outbox of a tenant', async () => {
    const file = join(folder, 'left-tenants', 'tenant-acme.db');
    const left = new SqliteEventStore({ file });
    const envelope = createEnvelope({
      contract: Joined,
      data: { member: 'm-1', plan: 'basic' },
      source: 'left',
      now: Date.now(),
      correlation: { correlationId: 'c', tenantId: 'acme' },
    });
    await left.appendToStream('member-m-1', [{ type: 'member.noted', data: {} }], {
      messages: [{ kind: 'event', destination: Joined.name, fifo: false, envelope }],
    });
    await left.close();
    const tenancy = { type: 'store', tenants: async () => ['acme'] } as const;
    const { app, welcome } = await open({ service: 'left', store: { type: 'sqlite' }, tenancy });
    await until(() => welcome.done.length === 1);
    expect(welcome.done).toEqual(['m-1']);
    await app.close();
  });

  it('refuses options that contradict each other, all at once', async () => {
    const start = open({
      store: { type: 'sqlite', file: 'one.db' },
      tenancy: { type: 'store', maxOpen: 0, tenants: ['a#b', '..'] },
    });
    const error = (await start.catch((reason: unknown) => reason)) as { faults: string[] };
    expect(error.faults.map((fault) => fault.split(':')[0])).toEqual([
      'tenancy.maxOpen',
      'tenancy.tenants',
      'tenancy.tenants',
      'store.file',
    ]);
  });
});
