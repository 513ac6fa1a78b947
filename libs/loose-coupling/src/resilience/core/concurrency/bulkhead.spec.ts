import { AsyncLocalStorage } from 'node:async_hooks';
import { Bulkhead } from './bulkhead.js';
import type { Waiter } from './concurrency-limiter.port.js';

/** Writes its name down when it is granted. */
function waiter(name: string, granted: string[], andThen?: () => void): Waiter {
  return {
    grant: () => {
      granted.push(name);
      andThen?.();
    },
    previous: undefined,
    next: undefined,
    queued: false,
  };
}

function fullBulkhead(maxConcurrent: number, maxQueue: number): Bulkhead {
  const bulkhead = new Bulkhead(maxConcurrent, maxQueue);
  while (bulkhead.tryAcquire());
  return bulkhead;
}

describe('Bulkhead', () => {
  it('admits as many as it has permits, then one for each that ends', () => {
    const bulkhead = new Bulkhead(2, 0);
    expect([bulkhead.tryAcquire(), bulkhead.tryAcquire(), bulkhead.tryAcquire()]).toEqual([true, true, false]);
    expect(bulkhead.active).toBe(2);
    bulkhead.release();
    expect(bulkhead.active).toBe(1);
    expect([bulkhead.tryAcquire(), bulkhead.tryAcquire()]).toEqual([true, false]);
  });

  it('looks at no times', () => {
    expect(new Bulkhead(1, 1).usesTime).toBe(false);
  });

  it('queues as many as it has room for', () => {
    const bulkhead = fullBulkhead(1, 2);
    const outcome = ['a', 'b', 'c'].map((name) => bulkhead.enqueue(waiter(name, [])));
    expect(outcome).toEqual([true, true, false]);
    expect(bulkhead.snapshot()).toEqual({ limit: 1, active: 1, queued: 2, totals: { admitted: 1, refused: 1 } });
  });

  it('has no queue when maxQueue is 0', () => {
    expect(fullBulkhead(1, 0).enqueue(waiter('a', []))).toBe(false);
  });

  it('grants first come, first served', () => {
    const granted: string[] = [];
    const bulkhead = fullBulkhead(1, 3);
    for (const name of ['a', 'b', 'c']) bulkhead.enqueue(waiter(name, granted));
    expect(granted).toEqual([]);
    bulkhead.release();
    expect(granted).toEqual(['a']);
    expect(bulkhead.snapshot()).toEqual({ limit: 1, active: 1, queued: 2, totals: { admitted: 2, refused: 0 } });
    bulkhead.release();
    bulkhead.release();
    expect(granted).toEqual(['a', 'b', 'c']);
    bulkhead.release();
    expect(bulkhead.snapshot()).toMatchObject({ active: 0, queued: 0, totals: { admitted: 4 } });
  });

  it('says of a granted waiter that it is not queued: it holds a permit', () => {
    const bulkhead = fullBulkhead(1, 1);
    const granted = waiter('a', []);
    bulkhead.enqueue(granted);
    bulkhead.release();
    expect(bulkhead.remove(granted)).toBe(false);
    expect(bulkhead.active).toBe(1);
  });

  it('has counted the permit by the time the waiter hears of it', () => {
    const granted: string[] = [];
    const bulkhead = fullBulkhead(1, 2);
    const active: number[] = [];
    bulkhead.enqueue(
      waiter('a', granted, () => {
        active.push(bulkhead.active);
        expect(bulkhead.tryAcquire()).toBe(false);
      }),
    );
    bulkhead.release();
    expect(active).toEqual([1]);
  });

  it('hands out one permit once, also to a waiter that gives it back while it is granted', () => {
    const granted: string[] = [];
    const bulkhead = fullBulkhead(1, 2);
    bulkhead.enqueue(waiter('a', granted, () => bulkhead.release()));
    bulkhead.enqueue(waiter('b', granted));
    bulkhead.release();
    expect(granted).toEqual(['a', 'b']);
    expect(bulkhead.snapshot()).toMatchObject({ active: 1, queued: 0 });
  });

  describe('reconfigured', () => {
    it('admits waiters at once when the limit rises, as many as now fit', () => {
      const granted: string[] = [];
      const bulkhead = fullBulkhead(1, 4);
      for (const name of ['a', 'b', 'c', 'd']) bulkhead.enqueue(waiter(name, granted));
      bulkhead.reconfigure(3, 4);
      expect(granted).toEqual(['a', 'b']);
      expect(bulkhead.snapshot()).toEqual({ limit: 3, active: 3, queued: 2, totals: { admitted: 3, refused: 0 } });
    });

    it('hands the new permits to who waits, not to who comes while they are handed out', () => {
      const granted: string[] = [];
      const bulkhead = fullBulkhead(1, 2);
      const barged: boolean[] = [];
      bulkhead.enqueue(waiter('a', granted, () => barged.push(bulkhead.tryAcquire())));
      bulkhead.enqueue(waiter('b', granted));
      bulkhead.reconfigure(3, 2);
      expect([barged, granted]).toEqual([[false], ['a', 'b']]);
    });

    it('lets what runs finish when the limit falls, and admits nobody before it is kept', () => {
      const granted: string[] = [];
      const bulkhead = fullBulkhead(3, 1);
      bulkhead.enqueue(waiter('a', granted));
      bulkhead.reconfigure(1, 1);
      expect(bulkhead.snapshot()).toMatchObject({ limit: 1, active: 3, queued: 1 });
      bulkhead.release();
      bulkhead.release();
      expect([granted, bulkhead.active]).toEqual([[], 1]);
      bulkhead.release();
      expect([granted, bulkhead.active]).toEqual([['a'], 1]);
    });

    it('keeps who waits when the queue gets shorter, and takes nobody else', () => {
      const granted: string[] = [];
      const bulkhead = fullBulkhead(1, 2);
      for (const name of ['a', 'b']) bulkhead.enqueue(waiter(name, granted));
      bulkhead.reconfigure(1, 1);
      expect(bulkhead.enqueue(waiter('c', granted))).toBe(false);
      bulkhead.release();
      expect(bulkhead.enqueue(waiter('d', granted))).toBe(false);
      bulkhead.release();
      expect(bulkhead.enqueue(waiter('e', granted))).toBe(true);
      expect(granted).toEqual(['a', 'b']);
    });

    it('takes more waiters when the queue gets longer', () => {
      const bulkhead = fullBulkhead(1, 0);
      bulkhead.reconfigure(1, 1);
      expect(bulkhead.enqueue(waiter('a', []))).toBe(true);
    });
  });

  describe('what peers get wrong', () => {
    it('keeps each queued caller in its own AsyncLocalStorage context (cockatiel, nestjs-resilience)', async () => {
      const storage = new AsyncLocalStorage<string>();
      const bulkhead = new Bulkhead(1, 10);
      const seen: (string | undefined)[] = [];
      const call = async () => {
        if (!bulkhead.tryAcquire()) {
          await new Promise<void>((resolve) => bulkhead.enqueue({ ...waiter('', []), grant: resolve }));
        }
        seen.push(storage.getStore());
        await Promise.resolve();
        bulkhead.release();
      };
      await Promise.all(['A', 'B', 'C'].map((name) => storage.run(name, call)));
      expect(seen).toEqual(['A', 'B', 'C']);
    });

    it('lets nobody take the permit that was freed for a waiter (cockatiel)', () => {
      const granted: string[] = [];
      const bulkhead = fullBulkhead(1, 1);
      bulkhead.enqueue(waiter('queued', granted));
      bulkhead.release();
      // The waiter has not run yet: its promise settles in a later microtask.
      expect(bulkhead.tryAcquire()).toBe(false);
      expect(granted).toEqual(['queued']);
    });

    it('frees the place of a waiter that gives up, at once and not when a permit frees (cockatiel)', () => {
      const granted: string[] = [];
      const bulkhead = fullBulkhead(1, 2);
      const [first, second] = [waiter('first', granted), waiter('second', granted)];
      bulkhead.enqueue(first);
      bulkhead.enqueue(second);
      expect(bulkhead.enqueue(waiter('refused', granted))).toBe(false);
      expect(bulkhead.remove(first)).toBe(true);
      expect(bulkhead.snapshot().queued).toBe(1);
      expect(bulkhead.enqueue(waiter('third', granted))).toBe(true);
      bulkhead.release();
      expect(granted).toEqual(['second']);
    });

    it('keeps its limit when permits are given back that nobody held (nestjs-resilience)', () => {
      const bulkhead = fullBulkhead(2, 0);
      for (let extra = 0; extra < 5; extra++) bulkhead.release();
      expect(bulkhead.active).toBe(0);
      expect([bulkhead.tryAcquire(), bulkhead.tryAcquire(), bulkhead.tryAcquire()]).toEqual([true, true, false]);
    });

    it('holds nothing of waiters that have left or been served (nestjs-resilience)', () => {
      const bulkhead = fullBulkhead(1, 50);
      const waiters = Array.from({ length: 50 }, (_, index) => waiter(String(index), []));
      for (const each of waiters) bulkhead.enqueue(each);
      for (const each of waiters.slice(0, 25)) bulkhead.remove(each);
      for (let call = 0; call < 26; call++) bulkhead.release();
      expect(bulkhead.snapshot()).toMatchObject({ active: 0, queued: 0 });
      expect(waiters.every((each) => each.previous === undefined && each.next === undefined)).toBe(true);
    });
  });
});
