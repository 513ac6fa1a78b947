import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryInbox } from '../memory/memory-inbox.js';
import { codeOf } from '../testing/event-store-under-test.js';
import { withAllTenants } from './all-tenants.js';
import { withTenant } from './tenant.js';
import { TenantedInbox } from './tenanted-inbox.js';

const markOf = (messageId: string) => ({ consumer: 'command:Pay', messageId });

describe('the inbox of tenants that share a store', () => {
  const open = () => new TenantedInbox(new MemoryInbox(new FakeClock()));

  it('takes and shows no mark of whoever forgot the tenant', async () => {
    const inbox = open();
    await withTenant('acme', () => inbox.record(markOf('1')));
    for (const messageId of ['1', 'acme#1', '#1']) {
      const mark = markOf(messageId);
      expect(await codeOf(inbox.has(mark))).toBe('LC_MISSING_TENANT');
      expect(await codeOf(inbox.record(mark))).toBe('LC_MISSING_TENANT');
      expect(await codeOf((async () => inbox.stored(mark))())).toBe('LC_MISSING_TENANT');
    }
  });

  it('keeps marks of work for all apart from those of every tenant, whatever they are called', async () => {
    const inbox = open();
    const within = [
      <R>(work: () => R) => withAllTenants(work),
      ...['acme', 'zeta'].map(
        (tenant) =>
          <R>(work: () => R) =>
            withTenant(tenant, work),
      ),
    ];
    const names = ['1', 'acme#1', '#1', '#acme#1', 'zeta#acme#1'];
    for (const [index, one] of within.entries()) {
      for (const name of names) {
        const known = await Promise.all(within.map((other) => other(() => inbox.has(markOf(name)))));
        expect(known).toEqual(within.map((_, other) => other < index));
      }
      for (const name of names) await one(() => inbox.record(markOf(name)));
    }
  });
});
