import type { EventEnvelope, StreamRange } from '../../event-sourcing/runtime.js';
import { number, numberOf, text } from './attributes.js';
import { decodeEvents } from './commit-item.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { streamKey } from './keys.js';
import type { StreamTails } from './stream-tails.js';

/** Reads streams, consistently. A range may begin or end inside a commit. */
export class StreamReader {
  constructor(
    private readonly items: EventItems,
    private readonly tails: StreamTails,
  ) {}

  async page({ streamName, fromVersion, toVersion, limit, backwards }: StreamRange): Promise<EventEnvelope[]> {
    const from = Math.max(fromVersion, 1);
    if (from > toVersion) return [];
    const events: EventEnvelope[] = [];
    const take = (item: Item): boolean => {
      const stored = decodeEvents(item).filter(({ version }) => version >= from && version <= toVersion);
      events.push(...(backwards ? stored.toReversed() : stored));
      return events.length < limit;
    };
    if (backwards) await this.backwards(streamName, from, toVersion, limit, take);
    else await this.forwards(streamName, from, toVersion, limit, take);
    return events.length > limit ? events.slice(0, limit) : events;
  }

  private async forwards(
    streamName: string,
    from: number,
    to: number,
    limit: number,
    take: (item: Item) => boolean,
  ): Promise<void> {
    const pk = streamKey(streamName);
    let isFirst = true;
    let last: Item | undefined;
    for await (const item of this.query(pk, from, to, limit, true)) {
      if (isFirst && from > 1 && numberOf(item, 'sk') !== from && !(await this.lead(pk, from, take))) return;
      isFirst = false;
      last = item;
      if (!take(item)) return;
    }
    if (isFirst && from > 1) await this.lead(pk, from, take);
    // The whole rest was read, so this is a place to append at.
    if (last && to === Number.MAX_SAFE_INTEGER) this.tails.note(streamName, numberOf(last, 'to') ?? 0);
  }

  /** The commit that holds the first version but begins before it. Says whether to go on. */
  private async lead(pk: string, from: number, take: (item: Item) => boolean): Promise<boolean> {
    const item = await this.items.lastOf(pk, from - 1);
    return !item || (numberOf(item, 'to') ?? 0) < from || take(item);
  }

  private async backwards(
    streamName: string,
    from: number,
    to: number,
    limit: number,
    take: (item: Item) => boolean,
  ): Promise<void> {
    // A commit that begins before the range may reach into it, so the lower end is only checked afterwards.
    for await (const item of this.query(streamKey(streamName), 1, to, limit, false)) {
      if ((numberOf(item, 'to') ?? 0) < from || !take(item)) return;
    }
  }

  private async *query(pk: string, from: number, to: number, limit: number, forwards: boolean): AsyncGenerator<Item> {
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.items.api.query({
        TableName: this.items.table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': text(pk), ':from': number(from), ':to': number(to) },
        ConsistentRead: true,
        ScanIndexForward: forwards,
        // Every commit of a stream holds at least one event.
        Limit: limit,
        ...(start && { ExclusiveStartKey: start }),
      });
      yield* Items;
      start = LastEvaluatedKey;
    } while (start);
  }
}
