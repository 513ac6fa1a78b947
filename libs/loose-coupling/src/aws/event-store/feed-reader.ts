import type { EventEnvelope, PreparedMessage } from '../../event-sourcing/runtime.js';
import { damagedEvents, decodeEvents, decodeMessages } from './commit-item.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import type { FeedEntry, FeedPage } from './feed-page.js';
import type { FeedPages } from './feed-pages.js';
import { isCarrier, keyText } from './keys.js';

/** A message, and its number among all messages. */
export interface NumberedMessage {
  readonly id: number;
  readonly message: PreparedMessage;
}

/** Reads what the sequencer has put into the feed. */
export class FeedReader {
  constructor(
    private readonly items: EventItems,
    private readonly pages: FeedPages,
  ) {}

  async events(afterPosition: number, limit: number): Promise<EventEnvelope[]> {
    const events: EventEnvelope[] = [];
    for (
      let page = await this.pages.at(afterPosition + 1);
      page && events.length < limit;
      page = await this.pages.after(page)
    ) {
      const wanted: FeedEntry[] = [];
      let room = limit - events.length;
      for (const entry of page.entries) {
        if (entry.position + entry.positions - 1 <= afterPosition) continue;
        if (room <= 0) break;
        wanted.push(entry);
        room -= entry.position + entry.positions - Math.max(entry.position, afterPosition + 1);
      }
      for (const [entry, item] of await this.read(wanted)) {
        for (const event of eventsOf(entry, item)) if (event.position > afterPosition) events.push(event);
      }
    }
    return events.length > limit ? events.slice(0, limit) : events;
  }

  /**
   * Messages of a page whose numbers `isWanted`, at most `limit` commits of them; `found` gets those up to the first commit that
   * cannot be read, whose error is thrown.
   */
  async messages(
    page: FeedPage,
    isWanted: (id: number) => boolean,
    limit: number,
    found: NumberedMessage[] = [],
  ): Promise<NumberedMessage[]> {
    const wanted: FeedEntry[] = [];
    for (const entry of page.entries) {
      if (wanted.length >= limit) break;
      if (numbersOf(entry).some(isWanted)) wanted.push(entry);
    }
    for (const [entry, item] of await this.read(wanted)) {
      if (!item) throw gone(entry);
      decodeMessages(item).forEach((message, index) => {
        const id = entry.messageNumber + index;
        if (isWanted(id)) found.push({ id, message });
      });
    }
    return found;
  }

  private async read(entries: readonly FeedEntry[]): Promise<(readonly [FeedEntry, Item | undefined])[]> {
    if (entries.length === 0) return [];
    const items = await this.items.getAll(entries.map(({ key }) => key));
    return entries.map((entry) => [entry, items.get(keyText(entry.key))] as const);
  }
}

const gone = ({ key }: FeedEntry): Error =>
  new Error(`The feed lists a commit that is gone: ${keyText(key)}. Somebody deleted it.`);

/** As many as have positions, whatever became of the item. What carries messages only has no events to miss. */
function eventsOf(entry: FeedEntry, item: Item | undefined): EventEnvelope[] {
  const { key, position, positions: count } = entry;
  if (isCarrier(key.pk)) return [];
  return item
    ? decodeEvents(item, position, count)
    : damagedEvents(key, { position, count, recordedAt: 0 }, gone(entry));
}

const numbersOf = ({ messageNumber, messageCount }: FeedEntry): number[] =>
  Array.from({ length: messageCount }, (_, index) => messageNumber + index);
