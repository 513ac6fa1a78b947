import type { InboxMark } from '../core/event-store.js';
import { Inbox } from '../inbox/inbox.js';
import { storedName } from './stored-names.js';
import { currentTenant } from './tenant.js';

/** Marks of tenants that share a store. */
export class TenantedInbox extends Inbox {
  constructor(private readonly inner: Inbox) {
    super();
  }

  override async has(mark: InboxMark): Promise<boolean> {
    return this.inner.has(this.stored(mark));
  }

  override async record(mark: InboxMark): Promise<void> {
    await this.inner.record(this.stored(mark));
  }

  override stored(mark: InboxMark): InboxMark {
    return markOfTenant(mark, currentTenant());
  }
}

export const markOfTenant = (mark: InboxMark, tenant: string | undefined): InboxMark =>
  tenant === undefined ? mark : { ...mark, messageId: storedName(tenant, mark.messageId) };
