import type { Clock } from '../../kernel/index.js';
import type { SqliteDatabase } from '../../sqlite/index.js';
import type { InboxMark } from '../core/event-store.js';
import { DEFAULT_INBOX_RETENTION_MS, Inbox } from '../inbox/inbox.js';
import type { GroupWriter } from './group-writer.js';

/** Pruning takes up to twice as many marks as were added since. */
const PRUNE_EVERY = 64;

/** Marks in the file of the event store, so that one joins the transaction of its effect. */
export class SqliteInbox extends Inbox {
  private readonly find;
  private readonly findAnswer;
  private readonly updateAnswer;
  private readonly insert;
  private readonly prune;
  private added = 0;

  constructor(
    database: SqliteDatabase,
    private readonly writer: GroupWriter,
    private readonly clock: Clock,
    private readonly retention: number = DEFAULT_INBOX_RETENTION_MS,
  ) {
    super();
    this.find = database.prepare('SELECT 1 FROM lc_inbox WHERE consumer = ? AND message_id = ? AND recorded_at > ?');
    const marked = 'consumer = ? AND message_id = ? AND recorded_at > ?';
    this.findAnswer = database.prepare<{ answer: string | null }>(`SELECT answer FROM lc_inbox WHERE ${marked}`);
    this.updateAnswer = database.prepare(`UPDATE lc_inbox SET answer = ? WHERE ${marked}`);
    // Replaced, not updated: a mark that is taken again becomes the newest row.
    this.insert = database.prepare(
      'INSERT OR REPLACE INTO lc_inbox (consumer, message_id, recorded_at) VALUES (?, ?, ?)',
    );
    // Row ids grow with time, so the oldest marks are the first rows and need no index of their own.
    this.prune = database.prepare(
      'DELETE FROM lc_inbox WHERE recorded_at <= ? AND id IN (SELECT id FROM lc_inbox ORDER BY id LIMIT ?)',
    );
  }

  override async has(mark: InboxMark): Promise<boolean> {
    return this.includes(mark);
  }

  override record(mark: InboxMark): Promise<void> {
    return this.writer.run(() => {
      if (!this.includes(mark)) this.add(mark);
    });
  }

  override keepAnswer({ consumer, messageId }: InboxMark, answer: string): Promise<void> {
    return this.writer.run(() => void this.updateAnswer.run(answer, consumer, messageId, this.expiry()));
  }

  override async answerOf({ consumer, messageId }: InboxMark): Promise<string | undefined> {
    return this.findAnswer.get(consumer, messageId, this.expiry())?.answer ?? undefined;
  }

  includes({ consumer, messageId }: InboxMark): boolean {
    return this.find.get(consumer, messageId, this.expiry()) !== undefined;
  }

  /** Part of a transaction. */
  add({ consumer, messageId }: InboxMark): void {
    this.insert.run(consumer, messageId, this.clock.now());
    if (++this.added % PRUNE_EVERY === 0) this.prune.run(this.expiry(), 2 * PRUNE_EVERY);
  }

  private readonly expiry = (): number => this.clock.now() - this.retention;
}
