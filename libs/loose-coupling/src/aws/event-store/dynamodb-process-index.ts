import { dueAtOf, type OpenProcess, type ProcessIndex } from '../../event-sourcing/runtime.js';
import { number, text } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { keyOf, keyText, PENDING_INDEX, processShard } from './keys.js';
import { decodeProcess } from './process-item.js';

const PAGE = 100;

/**
 * Open instances, one item each, listed by the sparse index in the order of their deadlines. The index lags behind
 * and holds keys only, so each item is read itself.
 */
export class DynamoDbProcessIndex implements ProcessIndex {
  constructor(
    private readonly items: EventItems,
    private readonly ready: () => Promise<void>,
  ) {}

  async due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]> {
    await this.ready();
    const { Items = [] } = await this.items.api.query({
      TableName: this.items.table,
      IndexName: PENDING_INDEX,
      KeyConditionExpression: 'pend = :shard AND pts <= :until',
      ExpressionAttributeValues: { ':shard': text(processShard(manager)), ':until': number(until) },
      Limit: limit,
    });
    const found = await this.read(Items);
    return found.filter((entry) => (dueAtOf(entry) ?? Infinity) <= until);
  }

  async *open(manager: string): AsyncGenerator<OpenProcess> {
    await this.ready();
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey }: { Items?: Item[]; LastEvaluatedKey?: Item } = await this.items.api.query({
        TableName: this.items.table,
        IndexName: PENDING_INDEX,
        KeyConditionExpression: 'pend = :shard',
        ExpressionAttributeValues: { ':shard': text(processShard(manager)) },
        Limit: PAGE,
        ...(start && { ExclusiveStartKey: start }),
      });
      yield* await this.read(Items);
      start = LastEvaluatedKey;
    } while (start);
  }

  private async read(listed: readonly Item[]): Promise<OpenProcess[]> {
    const keys = listed.map(keyOf);
    const found = await this.items.getAll(keys, ['pk', 'sk', 'p']);
    return keys.flatMap((key) => decodeProcess(found.get(keyText(key))) ?? []);
  }
}
