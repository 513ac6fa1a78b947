import assert from 'node:assert/strict';
import { uuidv7, withCorrelation } from '../../kernel/index.js';
import { copyEventStore } from '../copy/copy-event-store.js';
import type { Commit, EventEnvelope, EventStore } from '../core/event-store.js';
import type { OpenProcess } from '../core/process-index.js';
import { asStored } from '../core/stored-form.js';
import type { EventSourcingStores } from '../event-sourcing-stores.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { withAllTenants } from '../tenancy/all-tenants.js';
import { withTenant } from '../tenancy/tenant.js';
import { globalFramework, type ContractFramework } from './contract-framework.js';
import { codeOf, collect, event, events, message, read } from './event-store-under-test.js';

type Stores = Pick<EventSourcingStores, 'events' | 'snapshots' | 'processes'>;
/** Fresh, empty stores that tenants share. */
export type SharedStoresFactory = () => Promise<Stores>;

const TENANTS = ['acme', 'zeta'] as const;
const MISSING = 'LC_MISSING_TENANT';
const snapshot = { streamName: 'order-1', revision: 1, version: 1, eventId: 'e', state: {} };
type Within = <Result>(work: () => Result) => Result;
const placeOf = ({ streamName, metadata }: EventEnvelope) => [streamName, metadata['tenantId']];

/** Every way to something that is kept apart. */
const ways: Readonly<Record<string, (stores: Stores) => unknown>> = {
  commit: ({ events: store }) => store.commit({ appends: [{ streamName: 'order-1', events: events(1) }] }),
  appendToStream: ({ events: store }) => store.appendToStream('order-1', events(1)),
  'appendToStream as stored': ({ events: store }) => store.appendToStream('acme#order-1', events(1)),
  readStream: ({ events: store }) => read(store, 'order-1'),
  'readStream as stored': ({ events: store }) => read(store, 'acme#order-1'),
  aggregateStream: ({ events: store }) => fold(store, 'order-1'),
  'aggregateStream as stored': ({ events: store }) => fold(store, 'acme#order-1'),
  readAll: ({ events: store }) => collect(store.readAll()),
  lastPosition: ({ events: store }) => store.lastPosition(),
  subscribeToAll: ({ events: store }) => store.subscribeToAll(() => undefined),
  asStored: ({ events: store }) => asStored(store),
  'copyEventStore from it': ({ events: store }) => copyEventStore(store, new MemoryEventStore()),
  'copyEventStore into it': async ({ events: store }) => copyEventStore(await filled(), store),
  'processes.open': ({ processes }) => processes && list(processes.open('sale')),
  'processes.due': ({ processes }) => processes?.due('sale', Number.MAX_SAFE_INTEGER, 10),
  'snapshots.load': ({ snapshots }) => snapshots.load('order-1', 1),
  'snapshots.save': ({ snapshots }) => snapshots.save(snapshot),
  'snapshots.delete': ({ snapshots }) => snapshots.delete('order-1'),
};

/** What forgets its tenant is refused, what says that it is for all is not, and neither lasts longer than it should. */
export function describeAllTenantsContract(
  name: string,
  create: SharedStoresFactory,
  framework: ContractFramework = globalFramework(),
): void {
  const it = (text: string, test: (stores: Stores) => Promise<void>) =>
    framework.it(text, async () => {
      const stores = await create();
      try {
        for (const tenant of TENANTS) {
          await withTenant(tenant, () => stores.events.appendToStream('order-1', [event(`of ${tenant}`)]));
          await withTenant(tenant, () => open(stores.events, 'one'));
        }
        await test(stores);
      } finally {
        await stores.events.close();
      }
    });
  const none = <Result>(work: () => Result): Result => withCorrelation({ correlationId: 'c' }, work);

  framework.describe(`the contract of work for all tenants: ${name}`, () => {
    for (const [way, use] of Object.entries(ways)) {
      it(`refuses ${way} of whoever forgot the tenant`, async (stores) => {
        assert.equal(await codeOf((async () => use(stores))()), MISSING);
        assert.equal(await codeOf(none(async () => use(stores))), MISSING);
        const after = withAllTenants(() => () => use(stores));
        assert.equal(await codeOf((async () => after())()), MISSING);
      });
    }

    it('reads the events of all, by their stored names', async ({ events: store }) => {
      const orders = (feed: readonly EventEnvelope[]) => feed.filter(({ type }) => type.startsWith('of')).map(placeOf);
      const expected = [
        ['acme#order-1', 'acme'],
        ['zeta#order-1', 'zeta'],
      ];
      assert.deepEqual(orders(await withAllTenants(() => collect(store.readAll()))), expected);
      // Asked for within, read afterwards.
      assert.deepEqual(orders(await collect(withAllTenants(() => store.readAll()))), expected);
      const stream = await withAllTenants(() => read(store, 'zeta#order-1'));
      assert.deepEqual(stream.map(placeOf), [['zeta#order-1', 'zeta']]);
      assert.deepEqual(await withAllTenants(() => fold(store, 'acme#order-1')), { state: 1, version: 1 });
      assert.equal((await withAllTenants(() => read(store, 'order-1'))).length, 0);
      const end = await withAllTenants(() => store.lastPosition());
      assert.equal(end, await withTenant('acme', () => store.lastPosition()));
    });

    it('lists the open processes of all, and of one to that one', async ({ processes }) => {
      if (!processes) return;
      const open = (): Promise<OpenProcess[]> => list(processes.open('sale'));
      const due = (): Promise<readonly OpenProcess[]> => processes.due('sale', 100, 10);
      const tenantsOf = (found: readonly OpenProcess[]) => found.map(({ id, tenantId }) => [id, tenantId]).toSorted();
      const expected: [string[][], Within][] = [
        [TENANTS.map((tenant) => ['one', tenant]), withAllTenants],
        ...TENANTS.map((tenant): [string[][], Within] => [[['one', tenant]], (work) => withTenant(tenant, work)]),
      ];
      for (const [found, within] of expected) {
        assert.deepEqual(tenantsOf(await within(open)), found);
        assert.deepEqual(tenantsOf(await within(due)), found);
        // Asked for within, read afterwards.
        const asked: AsyncIterable<OpenProcess> = within(() => processes.open('sale'));
        assert.deepEqual(tenantsOf(await list(asked)), found);
      }
    });

    it('appends for nobody in particular neither as stored nor otherwise', async ({ events: store }) => {
      for (const streamName of ['order-1', 'acme#order-1'])
        assert.equal(await codeOf(withAllTenants(() => store.appendToStream(streamName, events(1)))), MISSING);
    });

    it("takes what is the service's own into the list of open processes, and shows it to no tenant", async ({
      events: store,
      processes,
    }) => {
      if (!processes) return;
      const entry = { manager: 'own', id: 'one', openedAt: 1, changedAt: 1, waitingFor: [], deadlines: [] };
      const own: Commit = { appends: [{ streamName: 'own', events: [] }], process: entry, inbox: null };
      const refused: Record<string, Commit> = {
        'an event': { ...own, appends: [{ streamName: 'own', events: events(1) }] },
        'a message': { ...own, messages: [message('m')] },
        'a mark': { ...own, inbox: { consumer: 'c', messageId: 'm' } },
        'the mark of a handler': { appends: own.appends, process: entry },
        'a commit id': { ...own, commitId: uuidv7() },
        "a tenant's stream": { ...own, appends: [{ streamName: 'acme#own', events: [] }] },
        "a tenant's entry": { ...own, process: { ...entry, id: 'acme#one' } },
      };
      for (const [what, commit] of Object.entries(refused))
        assert.equal(await codeOf(withAllTenants(() => store.commit(commit))), MISSING, what);
      assert.equal(await codeOf((async () => store.commit(own))()), MISSING);
      await withAllTenants(() => store.commit(own));
      const open = (): Promise<OpenProcess[]> => list(processes.open('own'));
      assert.deepEqual(await withAllTenants(open), [entry]);
      for (const tenant of TENANTS) assert.deepEqual(await withTenant(tenant, open), []);
    });

    it('is narrowed by a tenant within, and is for all again after it', async ({ events: store }) => {
      const types = async () => (await collect(store.readAll())).map(({ type }) => type);
      const own = ['of zeta', 'opened'];
      await withTenant('acme', () =>
        withAllTenants(async () => {
          assert.equal((await types()).length, 4);
          assert.deepEqual(await withTenant('zeta', types), own);
          await withTenant('zeta', () => store.appendToStream('order-2', [event('also')]));
          assert.equal((await types()).length, 5);
        }),
      );
      assert.deepEqual(await withTenant('zeta', types), [...own, 'also']);
      assert.equal(await codeOf(types()), MISSING);
    });

    it('has each handler work for the tenant of its event, though it was subscribed for all', async ({
      events: store,
    }) => {
      const heard: string[] = [];
      let done = (): void => undefined;
      const complete = new Promise<void>((resolve) => (done = resolve));
      // Still for all while the handlers run.
      await withAllTenants(async () => {
        const subscription = store.subscribeToAll(async ({ type, streamName }) => {
          if (type === 'noted') return;
          const seen = new Set((await collect(store.readAll())).map(({ metadata }) => metadata['tenantId']));
          await store.appendToStream('notes', [event('noted')]);
          heard.push(`${streamName} saw ${[...seen].join()}`);
          if (heard.length === 4) done();
        });
        await complete;
        await subscription.close();
      });
      assert.deepEqual(heard, [
        'acme#order-1 saw acme',
        'acme#pm-sale-one saw acme',
        'zeta#order-1 saw zeta',
        'zeta#pm-sale-one saw zeta',
      ]);
      for (const tenant of TENANTS)
        assert.equal((await withTenant(tenant, () => read(store, 'notes'))).length, 2, tenant);
    });

    it('copies all, under the names that are stored, or one tenant', async ({ events: store }) => {
      const copy = new MemoryEventStore();
      await withAllTenants(() => copyEventStore(store, copy));
      assert.equal((await read(copy, 'acme#order-1')).length + (await read(copy, 'zeta#order-1')).length, 2);
      const one = new MemoryEventStore();
      await withTenant('acme', () => copyEventStore(store, one));
      assert.deepEqual([...new Set((await collect(one.readAll())).map(({ streamName }) => streamName))].toSorted(), [
        'order-1',
        'pm-sale-one',
      ]);
    });
  });
}

async function open(store: EventStore, id: string): Promise<void> {
  const append = { streamName: `pm-sale-${id}`, events: [event('opened')] };
  const deadlines = [{ name: 'payment', dueAt: 50 }];
  const process = { manager: 'sale', id, openedAt: 1, changedAt: 1, waitingFor: [], deadlines };
  await store.commit({ appends: [append], process, commitId: uuidv7() });
}

async function filled(): Promise<EventStore> {
  const store = new MemoryEventStore();
  await store.appendToStream('acme#order-9', events(1));
  return store;
}

const fold = (store: EventStore, streamName: string) =>
  store.aggregateStream(streamName, { initialState: () => 0, evolve: (count) => count + 1 });

async function list(source: AsyncIterable<OpenProcess>): Promise<OpenProcess[]> {
  const found: OpenProcess[] = [];
  for await (const entry of source) found.push(entry);
  return found;
}
