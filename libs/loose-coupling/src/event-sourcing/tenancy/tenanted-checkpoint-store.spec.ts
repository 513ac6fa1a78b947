import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryCheckpointStore } from '../memory/memory-checkpoint-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { codeOf } from '../testing/event-store-under-test.js';
import { withAllTenants } from './all-tenants.js';
import { withTenant } from './tenant.js';
import { TenantedCheckpointStore } from './tenanted-checkpoint-store.js';

/** Each third is acme's: more than a page of all, and less of its own. */
const COUNT = 1201;
const OWN = 401;

async function setUp() {
  const { checkpoints } = new MemoryEventStore({ clock: new FakeClock() });
  const parked = Array.from({ length: COUNT }, (_, index) => ({
    position: index + 1,
    streamName: `${index % 3 === 0 ? 'acme' : 'zeta'}#order-${index % 2}`,
    version: index + 1,
    eventId: `e${index}`,
    type: 'placed',
    reason: 'broken',
    parkedAt: 0,
    due: false,
  }));
  const lease = await checkpoints.acquire('readers', 'test', 1000);
  await checkpoints.move(lease, { from: 0, to: COUNT, parked });
  return new TenantedCheckpointStore(checkpoints);
}

afterEach(() => jest.restoreAllMocks());

describe('events of tenants that are parked in one place', () => {
  it('come to a tenant by its own names, as many as it asks for, page by page', async () => {
    const checkpoints = await setUp();
    const positions = async (range = {}) =>
      (await withTenant('acme', () => checkpoints.parked('readers', range))).map(({ position }) => position);
    const own = await withTenant('acme', () => checkpoints.parked('readers'));
    expect(own).toHaveLength(OWN);
    expect([...new Set(own.map(({ streamName }) => streamName))]).toEqual(['order-0', 'order-1']);
    expect(await positions({ limit: 3 })).toEqual([1, 4, 7]);
    expect(await positions({ afterPosition: 4, limit: 2 })).toEqual([7, 10]);
    expect(await positions({ afterPosition: COUNT - 1 })).toEqual([COUNT]);
    expect(await positions({ limit: 0 })).toEqual([]);
    expect(await withTenant('other', () => checkpoints.parked('readers', { limit: 1 }))).toEqual([]);
    expect(await withAllTenants(() => checkpoints.parked('readers'))).toHaveLength(COUNT);
    expect(await codeOf(checkpoints.parked('readers'))).toBe('LC_MISSING_TENANT');
    expect(await checkpoints.countParked('readers')).toBe(COUNT);
  });

  it('are due again for the tenant that asked, and for no other', async () => {
    const checkpoints = await setUp();
    expect(await codeOf(checkpoints.replayParked('readers'))).toBe('LC_MISSING_TENANT');
    expect(await withTenant('acme', () => checkpoints.replayParked('readers', 'order-0'))).toBe(201);
    const { replays } = (await checkpoints.read('readers')) ?? {};
    const request = jest.spyOn(MemoryCheckpointStore.prototype, 'replayParked');
    expect(await withTenant('acme', () => checkpoints.replayParked('readers'))).toBe(OWN);
    // Each makes the holder look through all that is parked.
    expect(request).toHaveBeenCalledTimes(1);
    expect((await checkpoints.read('readers'))?.replays).not.toBe(replays);
    const all = await withAllTenants(() => checkpoints.parked('readers'));
    expect(all.filter(({ due }) => due).map(({ streamName }) => streamName.split('#')[0])).toEqual(
      Array.from({ length: OWN }, () => 'acme'),
    );
    expect(await withAllTenants(() => checkpoints.replayParked('readers'))).toBe(COUNT);
  });
});
