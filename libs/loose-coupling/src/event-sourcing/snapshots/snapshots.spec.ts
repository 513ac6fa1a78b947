import { MemorySnapshotStore } from '../memory/memory-snapshot-store.js';
import { TenantedSnapshotStore } from '../tenancy/tenanted-snapshot-store.js';
import { withTenant } from '../tenancy/tenant.js';
import { Snapshots } from './snapshots.js';

const occasion = {
  kind: 'Order',
  streamName: 'order-1',
  options: { every: 1 },
  state: {},
  since: { version: 1, events: 1, bytes: 0 },
};

/** A snapshot is made when `end` is called; `made` counts them. */
function setUp() {
  const faults: string[] = [];
  const store = new TenantedSnapshotStore(new MemorySnapshotStore());
  const snapshots = new Snapshots(store, (message) => void faults.push(message));
  const waiting: (() => void)[] = [];
  const write = (state: string) =>
    snapshots.writeIfDue(occasion, async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { streamName: 'order-1', revision: 1, version: 1, eventId: 'e', state };
    });
  const end = () => {
    for (const resolve of waiting.splice(0)) resolve();
    return snapshots.settled();
  };
  const stateOf = (tenant: string) => withTenant(tenant, async () => (await snapshots.load('order-1', 1))?.state);
  return { write, end, stateOf, faults };
}

describe('snapshots that are made in the background', () => {
  it('are made of the streams of two tenants that have one name', async () => {
    const { write, end, stateOf, faults } = setUp();
    withTenant('acme', () => write('of acme'));
    withTenant('zeta', () => write('of zeta'));
    await end();
    expect(await stateOf('acme')).toBe('of acme');
    expect(await stateOf('zeta')).toBe('of zeta');
    expect(faults).toEqual([]);
  });

  it('are made of one stream one at a time, and again afterwards', async () => {
    const { write, end, stateOf } = setUp();
    withTenant('acme', () => [write('first'), write('meanwhile')]);
    await end();
    expect(await stateOf('acme')).toBe('first');
    withTenant('acme', () => write('next'));
    await end();
    expect(await stateOf('acme')).toBe('next');
  });
});
