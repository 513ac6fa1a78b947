import type { Clock } from '../../kernel/index.js';
import type { InboxMark } from '../core/event-store.js';
import { DEFAULT_INBOX_RETENTION_MS, Inbox } from '../inbox/inbox.js';

const MAX_MARKS = 200_000;

/** Marks in memory: the oldest are forgotten when they expire, or when there are too many. */
export class MemoryInbox extends Inbox {
  /** In the order they were recorded, with the time. */
  private readonly marks = new Map<string, number>();
  /** By the same keys. */
  private readonly answers = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly retention: number = DEFAULT_INBOX_RETENTION_MS,
    private readonly maxMarks: number = MAX_MARKS,
  ) {
    super();
  }

  get size(): number {
    return this.marks.size;
  }

  override async has(mark: InboxMark): Promise<boolean> {
    return this.includes(mark);
  }

  override async record(mark: InboxMark): Promise<void> {
    this.add(mark);
  }

  override async keepAnswer(mark: InboxMark, answer: string): Promise<void> {
    if (this.includes(mark)) this.answers.set(keyOf(mark), answer);
  }

  override async answerOf(mark: InboxMark): Promise<string | undefined> {
    return this.includes(mark) ? this.answers.get(keyOf(mark)) : undefined;
  }

  includes(mark: InboxMark): boolean {
    const recordedAt = this.marks.get(keyOf(mark));
    return recordedAt !== undefined && recordedAt > this.clock.now() - this.retention;
  }

  add(mark: InboxMark): void {
    if (this.includes(mark)) return;
    const key = keyOf(mark);
    this.forget(key);
    this.marks.set(key, this.clock.now());
    this.prune();
  }

  private prune(): void {
    const expired = this.clock.now() - this.retention;
    for (const [key, recordedAt] of this.marks) {
      if (recordedAt > expired && this.marks.size <= this.maxMarks) return;
      this.forget(key);
    }
  }

  private forget(key: string): void {
    this.marks.delete(key);
    this.answers.delete(key);
  }
}

const keyOf = ({ consumer, messageId }: InboxMark): string => `${consumer}\n${messageId}`;
