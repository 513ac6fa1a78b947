import { uuidv7 } from '../../kernel/index.js';
import { textOf } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import type { EventItems } from './event-items.js';
import { decodePage, encodePage, type FeedPage } from './feed-page.js';
import { FEED } from './keys.js';

const MOST_REMEMBERED = 16;

/** The pages of the feed, in the table. */
export class FeedPages {
  /** Pages never change, so the latest ones used are kept. */
  private readonly remembered = new Map<number, FeedPage>();

  constructor(private readonly items: EventItems) {}

  async last(): Promise<FeedPage | undefined> {
    const item = await this.items.lastOf(FEED);
    return item && this.remember(decodePage(item));
  }

  /** The page that a position is on. */
  async at(position: number): Promise<FeedPage | undefined> {
    for (const page of this.remembered.values()) if (page.from <= position && position <= page.to) return page;
    const item = await this.items.lastOf(FEED, position);
    const page = item && this.remember(decodePage(item));
    return page && page.to >= position ? page : undefined;
  }

  async after(page: FeedPage): Promise<FeedPage | undefined> {
    const known = this.remembered.get(page.to + 1);
    if (known) return known;
    const item = await this.items.get({ pk: FEED, sk: page.to + 1 });
    return item && this.remember(decodePage(item));
  }

  /** Writes a page at the end. False when another writer's page is there. */
  async append(page: FeedPage): Promise<boolean> {
    const writer = uuidv7();
    try {
      await this.items.api.putItem({
        TableName: this.items.table,
        Item: encodePage(page, writer),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      // The reply to the write may have been lost, and the SDK has sent it again.
      const found = await this.items.get({ pk: FEED, sk: page.from });
      if (textOf(found, 'cid') !== writer) return false;
    }
    this.remember(page);
    return true;
  }

  private remember(page: FeedPage): FeedPage {
    this.remembered.delete(page.from);
    this.remembered.set(page.from, page);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MOST_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    return page;
  }
}
