import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { createStores } from '../create-stores.js';
import type { EventSourcingOptions } from '../event-sourcing-options.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { collect, events } from '../testing/event-store-under-test.js';
import { describeAllTenantsContract } from '../testing/all-tenants.contract.js';
import { describeTenantsContract } from '../testing/tenants.contract.js';
import { withAllTenants } from './all-tenants.js';
import { withTenant } from './tenant.js';

const folder = mkdtempSync(join(tmpdir(), 'lc-tenants-'));
const previous = process.env['LOOSE_COUPLING_DATA_DIR'];
beforeAll(() => void (process.env['LOOSE_COUPLING_DATA_DIR'] = folder));
afterAll(() => {
  if (previous === undefined) delete process.env['LOOSE_COUPLING_DATA_DIR'];
  else process.env['LOOSE_COUPLING_DATA_DIR'] = previous;
  rmSync(folder, { recursive: true });
});

/** No time passes. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

let services = 0;
const open = (options: Omit<EventSourcingOptions, 'service'>, service = `s${++services}`) =>
  createStores({ service, ...options }, new SystemClock(), () => undefined);

for (const type of ['memory', 'sqlite'] as const) {
  describeTenantsContract(`one ${type} store`, async () => open({ store: { type }, tenancy: { type: 'prefix' } }));
  describeAllTenantsContract(`one ${type} store`, async () => open({ store: { type }, tenancy: { type: 'prefix' } }));
  describeTenantsContract(`a ${type} store each`, async () => open({ store: { type }, tenancy: { type: 'store' } }));
}
describeTenantsContract('an SQLite store each, of which one stays open', async () =>
  open({ store: { type: 'sqlite' }, tenancy: { type: 'store', maxOpen: 1 } }),
);

describe('a subscription of the service', () => {
  it('hears of a commit at once, and does not ask the store again and again', async () => {
    const clock = new FakeClock();
    const stores = createStores(
      { service: 'heard', store: { type: 'memory' }, tenancy: { type: 'prefix' } },
      clock,
      () => undefined,
    );
    const { events: store, checkpoints } = stores;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    const seen: string[] = [];
    subscriptions.subscribe({ name: 'all' }, ({ streamName }) => void seen.push(streamName));
    subscriptions.start();
    await settle();
    await withTenant('acme', () => store.appendToStream('order-1', events(1)));
    await settle();
    expect(seen).toEqual(['acme#order-1']);
    await subscriptions.close();
    await store.close();
  });

  it('has no such feed where each tenant has a store', async () => {
    const { events: store } = open({ store: { type: 'memory' }, tenancy: { type: 'store' } });
    const readAll = async () => collect(withAllTenants(() => store.readAll()));
    await expect(readAll).rejects.toMatchObject({ code: 'LC_MISSING_TENANT' });
  });
});

describe('an SQLite store each', () => {
  it('is a file each, whose name leads nowhere else and differs in more than case', async () => {
    const { events: store } = open({ store: { type: 'sqlite' }, tenancy: { type: 'store' } }, 'files');
    for (const tenant of ['acme', 'Acme', 'a-c_me'])
      await withTenant(tenant, () => store.appendToStream('a-1', events(1)));
    await store.close();
    const files = readdirSync(join(folder, 'files-tenants')).filter((name) => name.endsWith('.db'));
    expect(files.toSorted()).toEqual(['tenant-+acme.db', 'tenant-a-c_me.db', 'tenant-acme.db']);
  });
});
