import type { CommitPiece } from './commit-item.js';
import { number } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import type { EventItems } from './event-items.js';
import { FeedOrder, SequencedStreams } from './feed-order.js';
import { layOutPage, type FeedEntry, type FeedPage } from './feed-page.js';
import type { FeedPages } from './feed-pages.js';
import { keyText, toKey } from './keys.js';
import type { PendingCommits } from './pending-commits.js';

const CLEAR_AT_ONCE = 16;
const EMPTY: Pick<FeedPage, 'to' | 'messages'> = { to: 0, messages: 0 };

/**
 * Gives commits their places in the feed: dense, in the order of each stream, depending on no clock and no index.
 *
 * Safe in any number of processes: a page is written under a key that only one can take, and only after the marks of
 * the page before it are cleared, and a commit is only placed while it is marked. So whoever takes over finds at most
 * one page whose marks are left, and nothing is placed twice. A lease elsewhere keeps them from working for nothing.
 */
export class Sequencer {
  private tail: Pick<FeedPage, 'to' | 'messages'> | undefined;
  private readonly sequenced = new SequencedStreams();
  /** Stored by this process. If somebody else places one, our next page collides; so they need no second look. */
  private offered = new Map<string, CommitPiece>();

  constructor(
    private readonly items: EventItems,
    private readonly pages: FeedPages,
    private readonly pending: PendingCommits,
  ) {}

  offer(pieces: readonly CommitPiece[]): void {
    for (const piece of pieces) this.offered.set(keyText(piece.key), piece);
  }

  /** How many are left to place. */
  get offers(): number {
    return this.offered.size;
  }

  /** For a process that leaves the work to another one. */
  forgetOffers(): void {
    this.offered.clear();
    this.loseTail();
  }

  /** Places everything that is known to be pending. `listed`: what others stored too. Resolves to whether it did any. */
  async run(listed: boolean): Promise<boolean> {
    let any = false;
    for (let look = listed; look || this.offered.size > 0;) {
      const placed = await this.placePage(look);
      if (placed === 'collided') continue;
      any ||= placed > 0;
      look = listed && placed > 0;
    }
    return any;
  }

  private async placePage(listed: boolean): Promise<number | 'collided'> {
    try {
      const tail = this.tail ?? (await this.takeOver());
      const own = [...this.offered.values()];
      const found = listed ? await this.pending.listed() : [];
      const others = found.filter(({ key }) => !this.offered.has(keyText(key)));
      const pieces = await new FeedOrder([...own, ...others], this.pending, this.sequenced).arrange();
      if (pieces.length === 0) return 0;
      const page = layOutPage(tail, pieces);
      if (!(await this.pages.append(page))) {
        await this.reconsider();
        return 'collided';
      }
      // Lost until the marks are cleared: a failure in between makes the next round clear them first.
      this.tail = undefined;
      for (const { key } of page.entries) this.offered.delete(keyText(key));
      await this.clearMarks(page.entries);
      for (const piece of pieces) this.sequenced.note(piece);
      this.tail = page;
      return pieces.length;
    } catch (error) {
      await this.reconsider().catch(() => this.forgetOffers());
      throw error;
    }
  }

  /** Another process writes pages too, or nothing is known any more. */
  private async reconsider(): Promise<void> {
    this.loseTail();
    if (this.offers > 0) await this.takeOver();
  }

  private loseTail(): void {
    this.tail = undefined;
    this.sequenced.clear();
  }

  /** Finds the end of the feed, clears the marks of its last page, and looks at what was offered: it may be placed. */
  private async takeOver(): Promise<Pick<FeedPage, 'to' | 'messages'>> {
    this.sequenced.clear();
    const last = await this.pages.last();
    if (last) {
      const marked = keysOf(await this.pending.check(last.entries.map(({ key }) => key)));
      await this.clearMarks(last.entries.filter(({ key }) => marked.has(keyText(key))));
    }
    const offers = Array.from(this.offered.values(), ({ key }) => key);
    const left = keysOf(await this.pending.check(offers));
    for (const key of offers) if (!left.has(keyText(key))) this.offered.delete(keyText(key));
    this.tail = last ?? EMPTY;
    return this.tail;
  }

  private async clearMarks(entries: readonly FeedEntry[]): Promise<void> {
    for (let at = 0; at < entries.length; at += CLEAR_AT_ONCE) {
      await Promise.all(entries.slice(at, at + CLEAR_AT_ONCE).map((entry) => this.clearMark(entry)));
    }
  }

  private async clearMark({ key, position }: FeedEntry): Promise<void> {
    try {
      await this.items.api.updateItem({
        TableName: this.items.table,
        Key: toKey(key),
        UpdateExpression: 'SET pos = :position REMOVE pend, pts',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':position': number(position) },
      });
    } catch (error) {
      // Deleted by somebody: it keeps its place, and must not come back as half an item.
      if (!isConditionFailed(error)) throw error;
    }
  }
}

const keysOf = (pieces: readonly CommitPiece[]): Set<string> => new Set(pieces.map(({ key }) => keyText(key)));
