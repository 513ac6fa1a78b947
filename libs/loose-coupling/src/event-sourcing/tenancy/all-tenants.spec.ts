import { currentCorrelation, withCorrelation } from '../../kernel/index.js';
import { codeOf } from '../testing/event-store-under-test.js';
import { isForAllTenants, withAllTenants } from './all-tenants.js';
import { currentTenant, tenantUnlessAll, withTenant } from './tenant.js';

const later = <Value>(value: Value) => new Promise<Value>((resolve) => setImmediate(resolve, value));

describe('withAllTenants', () => {
  it('gives what the work gives, and what it throws', async () => {
    expect(withAllTenants(() => 7)).toBe(7);
    await expect(withAllTenants(async () => later(8))).resolves.toBe(8);
    expect(() =>
      withAllTenants(() => {
        throw new Error('at once');
      }),
    ).toThrow('at once');
    await expect(withAllTenants(async () => Promise.reject(new Error('later')))).rejects.toThrow('later');
  });

  it('is not over before the work is, whatever it waits for', async () => {
    const seen: boolean[] = [];
    await withAllTenants(async () => {
      for (let turn = 0; turn < 3; turn += 1) seen.push(await later(isForAllTenants()));
    });
    expect(seen).toEqual([true, true, true]);
    // A thenable that is no promise lasts until it is settled, too.
    let settle = (_value: string): void => undefined;
    let lasts = (): boolean => false;
    const given = withAllTenants((): PromiseLike<string> => {
      const context = currentCorrelation();
      lasts = () => context !== undefined && withCorrelation(context, isForAllTenants);
      const pending = new Promise<string>((resolve) => (settle = resolve));
      // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
      return { then: (...on) => pending.then(...on) };
    });
    await later(0);
    expect(lasts()).toBe(true);
    settle('settled');
    expect(await given).toBe('settled');
    expect(lasts()).toBe(false);
  });

  it('ends with the work: timers, promises and functions that outlive it have no tenant', async () => {
    const ends: Record<string, (probe: () => void) => unknown> = {
      'that returned': (probe) => withAllTenants(() => void setTimeout(probe, 0)),
      'that resolved': (probe) => withAllTenants(async () => void (await later(setTimeout(probe, 0)))),
      'that threw': (probe) => {
        expect(() =>
          withAllTenants(() => {
            setTimeout(probe, 0);
            throw new Error('over');
          }),
        ).toThrow('over');
      },
      'that rejected': (probe) =>
        withAllTenants(async () => {
          setTimeout(probe, 5);
          await later(0);
          throw new Error('over');
        }).catch(() => undefined),
      'that did not wait for all it did': (probe) =>
        withAllTenants(
          () =>
            void later(0)
              .then(() => later(0))
              .then(probe),
        ),
    };
    for (const [which, end] of Object.entries(ends)) {
      const probed = new Promise<unknown>((resolve) => {
        void end(() => resolve([which, isForAllTenants(), codeOf((async () => tenantUnlessAll('It'))())]));
      });
      const [name, forAll, code] = (await probed) as [string, boolean, Promise<unknown>];
      expect([name, forAll, await code]).toEqual([which, false, 'LC_MISSING_TENANT']);
    }
  });

  it('is no matter of work beside it', async () => {
    const seen = async () => [isForAllTenants(), currentTenant()];
    const beside = async () => {
      const found: unknown[] = [];
      for (let turn = 0; turn < 4; turn += 1) found.push(await seen().then(later));
      return found;
    };
    const [all, acme, none] = await Promise.all([
      withAllTenants(beside),
      withTenant('acme', beside),
      withCorrelation({ correlationId: 'c' }, beside),
    ]);
    const always = (what: unknown) => Array.from({ length: 4 }, () => what);
    expect(all).toEqual(always([true, undefined]));
    expect(acme).toEqual(always([false, 'acme']));
    expect(none).toEqual(always([false, undefined]));
  });

  it('is left by a tenant, and by every other context within, and entered again by itself only', () => {
    withAllTenants(() => {
      expect(withTenant('acme', () => [isForAllTenants(), tenantUnlessAll('It')])).toEqual([false, 'acme']);
      expect(withCorrelation({ correlationId: 'of a handler' }, isForAllTenants)).toBe(false);
      expect(withTenant('acme', () => withAllTenants(() => tenantUnlessAll('It')))).toBeUndefined();
      expect(isForAllTenants()).toBe(true);
      withAllTenants(() => undefined);
      expect(isForAllTenants()).toBe(true);
    });
    expect(isForAllTenants()).toBe(false);
  });

  it('keeps the causes of the work, but not its tenant', () => {
    const correlation = { correlationId: 'c', causationId: 'm', tenantId: 'acme' };
    const seen = withCorrelation(correlation, () => withAllTenants(currentCorrelation));
    expect(seen).toEqual({ correlationId: 'c', causationId: 'm' });
  });

  it('is named by the error of whoever forgot it, where it would do', async () => {
    await expect(async () => tenantUnlessAll('The feed')).rejects.toThrow(
      /^The feed needs a tenant.*withTenant\(tenantId, work\).*withAllTenants\(work\)/,
    );
  });
});
