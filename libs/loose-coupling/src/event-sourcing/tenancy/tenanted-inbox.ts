import type { InboxMark } from '../core/event-store.js';
import { Inbox } from '../inbox/inbox.js';
import { storedName } from './stored-names.js';
import { tenantUnlessAll } from './tenant.js';

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

  override async keepAnswer(mark: InboxMark, answer: string): Promise<void> {
    await this.inner.keepAnswer?.(this.stored(mark), answer);
  }

  override async answerOf(mark: InboxMark): Promise<string | undefined> {
    return this.inner.answerOf?.(this.stored(mark));
  }

  override stored(mark: InboxMark): InboxMark {
    return markOfTenant(mark, tenantUnlessAll('An inbox mark') ?? NOBODY);
  }
}

/** No tenant has this name, so what is done for all is taken for nothing that one of them did. */
const NOBODY = '';

export const markOfTenant = (mark: InboxMark, tenant: string): InboxMark => ({
  ...mark,
  messageId: storedName(tenant, mark.messageId),
});
