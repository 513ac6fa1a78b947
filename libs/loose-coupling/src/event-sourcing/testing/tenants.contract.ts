import assert from 'node:assert/strict';
import { withCorrelation } from '../../kernel/index.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import type { EventSourcingStores } from '../event-sourcing-stores.js';
import { withTenant } from '../tenancy/tenant.js';
import { globalFramework, type ContractFramework } from './contract-framework.js';
import { codeOf, collect, event, events, message, read } from './event-store-under-test.js';

/** Fresh, empty stores with tenants. */
export type TenantedStoresFactory = () => Promise<Pick<EventSourcingStores, 'events' | 'snapshots' | 'inbox'>>;

const HOSTILE = [
  '',
  'a#b',
  '#a',
  'a#',
  '..',
  '.',
  '../acme',
  'a/b',
  'a\\b',
  'a b',
  'a\0',
  'acme\n',
  '-a',
  'аcme',
  'acme\u200b',
  'ａcme',
  '%61cme',
  '*',
  'x'.repeat(65),
];

const asAcme = <Result>(work: () => Result): Result => withTenant('acme', work);
const asZeta = <Result>(work: () => Result): Result => withTenant('zeta', work);
const typesOf = (found: readonly EventEnvelope[]) => found.map(({ type }) => type);
const context = (tenantId: string) => ({ correlationId: 'c', tenantId });

/** What keeps tenants apart, whichever way they are kept. */
export function describeTenantsContract(
  name: string,
  create: TenantedStoresFactory,
  framework: ContractFramework = globalFramework(),
): void {
  const it = (text: string, test: (stores: Awaited<ReturnType<TenantedStoresFactory>>) => Promise<void>) =>
    framework.it(text, async () => {
      const stores = await create();
      try {
        await test(stores);
      } finally {
        await stores.events.close();
      }
    });
  const readAll = (store: EventStore) => collect(store.readAll());

  framework.describe(`the contract of tenants: ${name}`, () => {
    it('gives each its own streams under the same names, and its own feed', async ({ events: store }) => {
      await asAcme(() =>
        store.appendToStream('order-1', [event('of acme'), event('too')], { expectedVersion: 'noStream' }),
      );
      await asZeta(() => store.appendToStream('order-1', [event('of zeta')], { expectedVersion: 'noStream' }));
      for (const [as, types] of [
        [asAcme, ['of acme', 'too']],
        [asZeta, ['of zeta']],
      ] as const) {
        const stream = await as(() => read(store, 'order-1'));
        assert.deepEqual(typesOf(stream), types);
        assert.deepEqual(new Set(stream.map(({ streamName }) => streamName)), new Set(['order-1']));
        const feed = await as(() => readAll(store));
        assert.deepEqual(typesOf(feed), types);
        assert.deepEqual(new Set(feed.map(({ streamName }) => streamName)), new Set(['order-1']));
        assert.deepEqual(typesOf(await as(() => collect(store.readAll({ limit: 1 })))), types.slice(0, 1));
        const { version, state } = await as(() =>
          store.aggregateStream('order-1', { initialState: () => '', evolve: (all, { type }) => all + type }),
        );
        assert.deepEqual({ version, state }, { version: types.length, state: types.join('') });
        assert.deepEqual(feed[0]?.metadata['tenantId'], as === asAcme ? 'acme' : 'zeta');
      }
    });

    it('shows a tenant nothing of another, whatever name it asks for', async ({ events: store }) => {
      await asAcme(() => store.appendToStream('order-1', events(3)));
      for (const wanted of ['acme#order-1', 'order-1', '#acme#order-1', '../acme#order-1', 'zeta#acme#order-1', '*']) {
        assert.deepEqual(await asZeta(() => read(store, wanted)), []);
        await asZeta(() => store.appendToStream(wanted, events(1), { expectedVersion: 'noStream' }));
      }
      assert.equal((await asAcme(() => read(store, 'order-1'))).length, 3);
      assert.equal((await asAcme(() => readAll(store))).length, 3);
    });

    it('tells a subscription of its tenant only, in its context', async ({ events: store }) => {
      await asZeta(() => store.appendToStream('order-1', [event('of zeta')]));
      const heard: string[] = [];
      let done = (): void => undefined;
      const complete = new Promise<void>((resolve) => (done = resolve));
      const subscription = asAcme(() =>
        store.subscribeToAll(async ({ type, streamName }) => {
          heard.push(`${type} ${streamName}`);
          if (type === 'last') done();
          else await store.appendToStream('caused-1', [event('last')]);
        }),
      );
      await asAcme(() => store.appendToStream('order-1', [event('of acme')]));
      await complete;
      await subscription.close();
      assert.deepEqual(heard, ['of acme order-1', 'last caused-1']);
    });

    it('refuses what is no tenant, from whichever side it comes', async ({ events: store }) => {
      for (const tenant of HOSTILE) {
        assert.throws(() => withTenant(tenant, () => undefined), { code: 'LC_INVALID_TENANT' });
        const work = () => codeOf(withCorrelation(context(tenant), () => store.appendToStream('a-1', events(1))));
        assert.equal(await work(), 'LC_INVALID_TENANT');
        assert.equal(
          await codeOf(withCorrelation(context(tenant), async () => read(store, 'a-1'))),
          'LC_INVALID_TENANT',
        );
      }
    });

    it('refuses work without a tenant', async ({ events: store, snapshots }) => {
      await asAcme(() => store.appendToStream('order-1', events(1)));
      const missing = 'LC_MISSING_TENANT';
      const none = { correlationId: 'c' };
      for (const within of [<R>(work: () => R) => withCorrelation(none, work), <R>(work: () => R) => work()]) {
        assert.equal(await codeOf(within(() => store.appendToStream('order-1', events(1)))), missing);
        assert.equal(await codeOf(within(async () => read(store, 'order-1'))), missing);
        assert.equal(await codeOf(within(() => snapshots.load('order-1', 1))), missing);
        assert.equal(await codeOf(within(async () => readAll(store))), missing);
        assert.equal(await codeOf(within(() => store.lastPosition())), missing);
        assert.throws(() => within(() => store.subscribeToAll(() => undefined)), { code: missing });
        assert.equal(await codeOf(within(async () => read(store, 'acme#order-1'))), missing);
      }
    });

    it('takes the same commit id and inbox mark of two tenants for two', async ({ events: store }) => {
      const inbox = { consumer: 'c', messageId: 'm' };
      const options = { commitId: '01890a5d-ac96-774b-bcce-b302099a8057', inbox };
      for (const as of [asAcme, asZeta]) await as(() => store.appendToStream('order-1', events(1), options));
      for (const as of [asAcme, asZeta]) assert.equal((await as(() => read(store, 'order-1'))).length, 1);
      const again = () => store.appendToStream('order-1', events(1), { inbox });
      assert.equal(await codeOf(asAcme(again)), 'LC_DUPLICATE_MESSAGE');
    });

    it('refuses events and messages that name another tenant', async ({ events: store }) => {
      const forged = { ...event('x'), metadata: { tenantId: 'zeta' } };
      assert.equal(await codeOf(asAcme(() => store.appendToStream('a-1', [forged]))), 'LC_INVALID_COMMIT');
      const { envelope, ...outgoing } = message('m');
      const messages = [{ ...outgoing, envelope: { ...envelope, tenantid: 'zeta' } }];
      const options = { messages };
      assert.equal(await codeOf(asAcme(() => store.appendToStream('a-1', events(1), options))), 'LC_INVALID_COMMIT');
      assert.deepEqual(await asAcme(() => read(store, 'a-1')), []);
    });

    it('names streams in errors as the tenant does', async ({ events: store }) => {
      const refused = asAcme(() => store.appendToStream('order-1', events(1), { expectedVersion: 7 }));
      await assert.rejects(refused, { code: 'LC_WRONG_EXPECTED_VERSION', streamName: 'order-1', actual: 0 });
    });

    it('keeps snapshots apart', async ({ snapshots }) => {
      const snapshot = { streamName: 'order-1', revision: 1, version: 1, eventId: 'e', state: { of: 'acme' } };
      await asAcme(() => snapshots.save(snapshot));
      assert.equal(await asZeta(() => snapshots.load('order-1', 1)), undefined);
      assert.deepEqual(await asAcme(() => snapshots.load('order-1', 1)), snapshot);
      await asZeta(() => snapshots.delete('order-1'));
      assert.deepEqual(await asAcme(() => snapshots.load('order-1', 1)), snapshot);
    });
  });
}
