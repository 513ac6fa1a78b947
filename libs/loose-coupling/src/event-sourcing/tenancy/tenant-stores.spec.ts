import * as fc from 'fast-check';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { event, message } from '../testing/event-store-under-test.js';
import { TenantStores } from './tenant-stores.js';

/** Stores that note when they are opened and closed, and complain when used while closed. */
function setUp(maxOpen: number, wait: () => Promise<unknown> = async () => undefined) {
  const isOpen = new Set<string>();
  const log = { opened: 0, most: 0, broken: 0 };
  const tenants = new TenantStores({
    maxOpen,
    report: () => undefined,
    open: async (tenant) => {
      await wait();
      if (isOpen.has(tenant)) log.broken += 1;
      isOpen.add(tenant);
      log.opened += 1;
      log.most = Math.max(log.most, isOpen.size);
      const events = new MemoryEventStore();
      const close = events.close.bind(events);
      events.close = async () => {
        await wait();
        isOpen.delete(tenant);
        await close();
      };
      const { outbox, inbox, processes, checkpoints, snapshots } = events;
      return { events, outbox, inbox, processes, checkpoints, snapshots };
    },
  });
  return { tenants, isOpen, log };
}

const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

describe('stores of tenants', () => {
  it('opens one when it is first used, once for all who ask', async () => {
    const { tenants, log } = setUp(2);
    expect(log.opened).toBe(0);
    await Promise.all([1, 2, 3].map(() => tenants.use('a', ({ events }) => events.appendToStream('s', [event('x')]))));
    expect(log.opened).toBe(1);
  });

  it('closes what was used longest ago', async () => {
    const { tenants, isOpen } = setUp(2);
    for (const tenant of ['a', 'b', 'a', 'c']) await tenants.use(tenant, async () => undefined);
    await turns();
    expect([...isOpen].toSorted()).toEqual(['a', 'c']);
  });

  it('never closes one in use, and lets more be open then', async () => {
    const { tenants, isOpen } = setUp(1);
    const first = await tenants.acquire('a');
    const second = await tenants.acquire('b');
    await turns();
    expect([...isOpen].toSorted()).toEqual(['a', 'b']);
    first.release();
    first.release();
    await turns();
    expect([...isOpen]).toEqual(['b']);
    second.release();
    await turns();
    expect([...isOpen]).toEqual(['b']);
  });

  it('leaves one open whose outbox holds messages', async () => {
    const { tenants, isOpen } = setUp(1);
    await tenants.use('a', ({ events }) => events.appendToStream('s', [event('x')], { messages: [message('m')] }));
    await tenants.use('b', async () => undefined);
    await turns();
    expect([...isOpen]).toEqual(['a', 'b']);
  });

  it('tries again to open what could not be opened', async () => {
    let fails = true;
    const { tenants } = setUp(1, async () => {
      if (fails) throw new Error('away');
    });
    await expect(tenants.use('a', async () => 1)).rejects.toThrow('away');
    fails = false;
    expect(await tenants.use('a', async () => 1)).toBe(1);
  });

  it('starts a relay for each store, also those that are open already, and stops it before the store', async () => {
    const { tenants, isOpen } = setUp(1);
    await tenants.use('a', async () => undefined);
    const running = new Set<object>();
    let atStop = 0;
    tenants.startRelays((stores) => ({
      start: () => void running.add(stores),
      stop: async () => {
        atStop = isOpen.size;
        running.delete(stores);
      },
    }));
    await turns();
    expect(running.size).toBe(1);
    await tenants.use('b', async () => undefined);
    await turns();
    expect(running.size).toBe(1);
    expect(atStop).toBe(2);
    await tenants.close();
    expect(running.size).toBe(0);
    expect(isOpen.size).toBe(0);
    await expect(tenants.use('a', async () => 1)).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });

  it('is never used while closed, nor open twice, whatever goes first', async () => {
    const uses = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), uses, fc.integer({ min: 1, max: 3 }), async (scheduler, wanted, maxOpen) => {
        const pause = () => scheduler.schedule(Promise.resolve());
        const { tenants, isOpen, log } = setUp(maxOpen, pause);
        const work = wanted.map((tenant) =>
          tenants.use(tenant, async ({ events }) => {
            await pause();
            if (!isOpen.has(tenant)) log.broken += 1;
            await events.appendToStream('s', [event('x')]);
          }),
        );
        await scheduler.waitFor(Promise.all(work));
        await scheduler.waitFor(
          turns(50)
            .then(pause)
            .then(() => turns(50)),
        );
        expect(log.broken).toBe(0);
        expect(tenants.open.length).toBeLessThanOrEqual(maxOpen);
        await scheduler.waitFor(tenants.close());
        expect(isOpen.size).toBe(0);
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 10_000 : 300 },
    );
  });
});
