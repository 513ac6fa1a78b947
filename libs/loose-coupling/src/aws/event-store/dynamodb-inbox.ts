import { DEFAULT_INBOX_RETENTION_MS, Inbox, type InboxMark } from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import { number, numberOf, text, textOf } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import { INBOX_FREE, inboxExpiry } from './commit-plan.js';
import type { EventItems } from './event-items.js';
import { inboxKey, toKey } from './keys.js';

/** A mark that is in force. */
const INBOX_MARKED = 'exp > :now';

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

  override async keepAnswer({ consumer, messageId }: InboxMark, answer: string): Promise<void> {
    await this.ready();
    try {
      await this.items.api.updateItem({
        TableName: this.items.table,
        Key: toKey(inboxKey(consumer, messageId)),
        UpdateExpression: 'SET answer = :answer',
        ConditionExpression: INBOX_MARKED,
        ExpressionAttributeValues: { ':answer': text(answer), ':now': number(this.clock.now()) },
      });
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }

  override async answerOf({ consumer, messageId }: InboxMark): Promise<string | undefined> {
    await this.ready();
    const item = await this.items.get(inboxKey(consumer, messageId));
    return (numberOf(item, 'exp') ?? 0) > this.clock.now() ? textOf(item, 'answer') : undefined;
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
