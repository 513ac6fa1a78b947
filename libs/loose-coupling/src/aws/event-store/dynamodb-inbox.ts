import { DEFAULT_INBOX_RETENTION_MS, Inbox, type InboxMark } from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import { number, numberOf } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import { INBOX_FREE, inboxExpiry } from './commit-plan.js';
import type { EventItems } from './event-items.js';
import { inboxKey, toKey } from './keys.js';

/** Marks in the table of the events, so that one joins the transaction of its effect. */
export class DynamoDbInbox extends Inbox {
  constructor(
    private readonly items: EventItems,
    private readonly clock: Clock,
    readonly retention: number = DEFAULT_INBOX_RETENTION_MS,
    /** Resolves when the table can be used. */
    private readonly ready: () => Promise<void> = async () => undefined,
  ) {
    super();
  }

  override async has({ consumer, messageId }: InboxMark): Promise<boolean> {
    await this.ready();
    const expiresAt = numberOf(await this.items.get(inboxKey(consumer, messageId)), 'exp');
    return expiresAt !== undefined && expiresAt > this.clock.now();
  }

  override async record({ consumer, messageId }: InboxMark): Promise<void> {
    await this.ready();
    const now = this.clock.now();
    try {
      await this.items.api.putItem({
        TableName: this.items.table,
        Item: { ...toKey(inboxKey(consumer, messageId)), ...inboxExpiry(now + this.retention) },
        ConditionExpression: INBOX_FREE,
        ExpressionAttributeValues: { ':now': number(now) },
      });
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }
}
