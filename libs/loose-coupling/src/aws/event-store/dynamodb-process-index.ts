import { dueAtOf, type OpenProcess, type ProcessIndex } from '../../event-sourcing/runtime.js';
import { number, text } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { keyOf, keyText, PENDING_INDEX, processShards } from './keys.js';
import { decodeProcess } from './process-item.js';

const PAGE = 100;

/**
 * Open instances, one item each, listed by the sparse index in the order of their deadlines, those of a
 * manager in several partitions. The index lags behind
 * and holds keys only, so each item is read itself.
 */
export class DynamoDbProcessIndex implements ProcessIndex {
  constructor(
    private readonly items: EventItems,
    private readonly ready: () => Promise<void>,
  ) {}

  async due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]> {
    await this.ready();
    const found = await Promise.all(processShards(manager).map((shard) => this.dueIn(shard, until, limit)));
    return found
      .flat()
      .toSorted((one, other) => dueOf(one) - dueOf(other))
      .slice(0, limit);
  }

  async *open(manager: string): AsyncGenerator<OpenProcess> {
    await this.ready();
    for (const shard of processShards(manager)) yield* this.openIn(shard);
  }

  private async dueIn(shard: string, until: number, limit: number): Promise<OpenProcess[]> {
    const { Items = [] } = await this.items.api.query({
      TableName: this.items.table,
      IndexName: PENDING_INDEX,
      KeyConditionExpression: 'pend = :shard AND pts <= :until',
      ExpressionAttributeValues: { ':shard': text(shard), ':until': number(until) },
      Limit: limit,
    });
    const found = await this.read(Items);
    return found.filter((entry) => dueOf(entry) <= until);
  }

  private async *openIn(shard: string): AsyncGenerator<OpenProcess> {
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey }: { Items?: Item[]; LastEvaluatedKey?: Item } = await this.items.api.query({
        TableName: this.items.table,
        IndexName: PENDING_INDEX,
        KeyConditionExpression: 'pend = :shard',
        ExpressionAttributeValues: { ':shard': text(shard) },
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

const dueOf = (entry: OpenProcess): number => dueAtOf(entry) ?? Infinity;
