import { backoffDelay, sleep, type Clock } from '../../kernel/index.js';
import { numberOf } from './attributes.js';
import { number, text } from './attributes.js';
import type { DynamoDbApi, Item } from './dynamodb-api.js';
import { keyOf, keyText, streamKey, toKey, type ItemKey } from './keys.js';

/** DynamoDB takes no more keys at a time. */
const BATCH = 100;
/** For keys that a throttled table has left over, in milliseconds. */
const LEFT_OVER = { initialDelay: 20, maxDelay: 1_000, jitter: 'full' } as const;

/** Consistent reads of single items. */
export class EventItems {
  constructor(
    readonly api: DynamoDbApi,
    readonly table: string,
    private readonly clock: Clock,
  ) {}

  async get(key: ItemKey): Promise<Item | undefined> {
    const { Item } = await this.api.getItem({ TableName: this.table, Key: toKey(key), ConsistentRead: true });
    return Item;
  }

  /** By the text of their keys; those that do not exist are left out. */
  async getAll(keys: readonly ItemKey[], attributes?: readonly string[]): Promise<Map<string, Item>> {
    const found = new Map<string, Item>();
    for (let at = 0; at < keys.length; at += BATCH) {
      await this.getBatch(keys.slice(at, at + BATCH).map(toKey), attributes, found);
    }
    return found;
  }

  /** Version of the last event of a stream; 0 when it has none. */
  async versionOf(streamName: string): Promise<number> {
    const last = await this.lastOf(streamKey(streamName));
    return numberOf(last, 'to') ?? 0;
  }

  /** The last item of a partition, at or before a sort key. */
  async lastOf(
    pk: string,
    before: number = Number.MAX_SAFE_INTEGER,
    attributes?: readonly string[],
  ): Promise<Item | undefined> {
    const { Items = [] } = await this.api.query({
      TableName: this.table,
      KeyConditionExpression: 'pk = :pk AND sk <= :sk',
      ExpressionAttributeValues: { ':pk': text(pk), ':sk': number(before) },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: 1,
      ...projected(attributes),
    });
    return Items[0];
  }

  private async getBatch(
    keys: Item[],
    attributes: readonly string[] | undefined,
    found: Map<string, Item>,
  ): Promise<void> {
    let left: Item[] = keys;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const { Responses, UnprocessedKeys } = await this.api.batchGetItem({
        RequestItems: { [this.table]: { Keys: left, ConsistentRead: true, ...projected(attributes) } },
      });
      for (const item of Responses?.[this.table] ?? []) found.set(keyText(keyOf(item)), item);
      left = UnprocessedKeys?.[this.table]?.Keys ?? [];
      // More than a response may hold is left over without being throttled.
      if (left.length === keys.length) await sleep(this.clock, backoffDelay(attempt, LEFT_OVER));
    }
  }
}

const projected = (attributes: readonly string[] | undefined) =>
  attributes && {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
