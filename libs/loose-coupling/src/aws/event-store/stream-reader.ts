import type { EventEnvelope, EventPage, StreamRange } from '../../event-sourcing/runtime.js';
import { number, numberOf, text } from './attributes.js';
import { decodeEvents } from './commit-item.js';
import type { CommitStarts } from './commit-starts.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { streamKey } from './keys.js';
import type { StreamTails } from './stream-tails.js';

interface QueriedPage {
  readonly items: readonly Item[];
  readonly next: Item | undefined;
}

/** Reads streams, consistently. A range may begin or end inside a commit. */
export class StreamReader {
  constructor(
    private readonly items: EventItems,
    private readonly tails: StreamTails,
    private readonly starts: CommitStarts,
  ) {}

  /** A page is what one query gives, so nothing that was paid for is read again; the next is under way meanwhile. */
  async *pages(range: StreamRange): AsyncGenerator<EventPage> {
    const { streamName, toVersion, limit, backwards } = range;
    const from = Math.max(range.fromVersion, 1);
    if (from > toVersion || limit <= 0) return;
    let left = limit;
    let last: Item | undefined;
    for await (const items of this.queried(from, range)) {
      const events = eventsWithin(items, from, toVersion, backwards);
      yield events.length > left ? events.slice(0, left) : events;
      left -= events.length;
      last = items.at(-1);
      if (left <= 0) return;
      // A commit that begins before the range may reach into it, so the lower end is only checked afterwards.
      if (backwards && last && (numberOf(last, 'to') ?? 0) < from) return;
    }
    // The whole rest was read, so this is a place to append at.
    if (!backwards && last && toVersion === Number.MAX_SAFE_INTEGER) {
      const to = numberOf(last, 'to') ?? 0;
      this.tails.note(streamName, to);
      this.starts.note(streamName, numberOf(last, 'sk') ?? 0, to);
    }
  }

  private async *queried(from: number, range: StreamRange): AsyncGenerator<readonly Item[]> {
    const { streamName, toVersion, limit, backwards } = range;
    const pk = streamKey(streamName);
    // What follows a snapshot begins with the snapshot's own event, mostly the last of a commit of several.
    const first = backwards ? 1 : Math.min(this.starts.startOf(streamName, from) ?? from, from);
    let page = await this.query(pk, first, range);
    if (!backwards && from > 1 && !((numberOf(page.items[0], 'sk') ?? Infinity) <= from)) {
      const lead = await this.items.lastOf(pk, Math.min(from - 1, toVersion));
      if (lead && (numberOf(lead, 'to') ?? 0) >= from) yield [lead];
    }
    for (;;) {
      const { items, next } = page;
      // With a limit, one query is nearly always enough.
      const following = limit === Infinity && next ? this.query(pk, first, range, next) : undefined;
      // Whoever stops reading does not hear of it.
      following?.catch(() => undefined);
      if (items.length > 0) yield items;
      if (!next) return;
      page = await (following ?? this.query(pk, first, range, next));
    }
  }

  private async query(
    pk: string,
    from: number,
    { toVersion, backwards, limit }: StreamRange,
    start?: Item,
  ): Promise<QueriedPage> {
    const { Items = [], LastEvaluatedKey } = await this.items.api.query({
      TableName: this.items.table,
      ...keyCondition(pk, from, toVersion),
      ConsistentRead: true,
      ScanIndexForward: !backwards,
      // Every commit of a stream holds at least one event.
      ...(limit !== Infinity && { Limit: limit }),
      ...(start && { ExclusiveStartKey: start }),
    });
    return { items: Items, next: LastEvaluatedKey };
  }
}

/** No more than is needed: a server that evaluates it item by item takes a third longer for a range than for a whole stream. */
function keyCondition(pk: string, from: number, to: number) {
  const bounded = to < Number.MAX_SAFE_INTEGER;
  // Versions begin at 1, and nothing but commits lies under the key of a stream.
  const sk = bounded ? ' AND sk BETWEEN :from AND :to' : from > 1 ? ' AND sk >= :from' : '';
  return {
    KeyConditionExpression: `pk = :pk${sk}`,
    ExpressionAttributeValues: {
      ':pk': text(pk),
      ...(sk !== '' && { ':from': number(from) }),
      ...(bounded && { ':to': number(to) }),
    },
  };
}

function eventsWithin(items: readonly Item[], from: number, to: number, backwards: boolean): EventEnvelope[] {
  const events: EventEnvelope[] = [];
  for (const item of items) {
    const stored = decodeEvents(item);
    if (backwards) stored.reverse();
    for (const event of stored) if (event.version >= from && event.version <= to) events.push(event);
  }
  return events;
}
