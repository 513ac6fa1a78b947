import type { InboxMark } from '../core/event-store.js';
import { Inbox } from '../inbox/inbox.js';
import { currentTenant } from './tenant.js';
import type { TenantStores } from './tenant-stores.js';

/**
 * Marks in the store of the tenant whose message it is. A message without a tenant has no place for one: it is known
 * again only by the commit that its handler makes for a tenant.
 */
export class TenantInboxes extends Inbox {
  constructor(private readonly tenants: TenantStores) {
    super();
  }

  override async has(mark: InboxMark): Promise<boolean> {
    const tenant = currentTenant();
    return tenant !== undefined && this.tenants.use(tenant, ({ inbox }) => inbox.has(mark));
  }

  override async record(mark: InboxMark): Promise<void> {
    const tenant = currentTenant();
    if (tenant !== undefined) await this.tenants.use(tenant, ({ inbox }) => inbox.record(mark));
  }

  override async keepAnswer(mark: InboxMark, answer: string): Promise<void> {
    const tenant = currentTenant();
    if (tenant !== undefined) await this.tenants.use(tenant, async ({ inbox }) => inbox.keepAnswer?.(mark, answer));
  }

  override async answerOf(mark: InboxMark): Promise<string | undefined> {
    const tenant = currentTenant();
    return tenant === undefined ? undefined : this.tenants.use(tenant, async ({ inbox }) => inbox.answerOf?.(mark));
  }
}
