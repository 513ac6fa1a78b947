import {
  isStreamAmong,
  type CheckpointMove,
  type ParkedEvent,
  type ParkedRange,
} from '../../event-sourcing/runtime.js';
import { number, text } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import { decodeParked, encodeParked, parkedKey } from './checkpoint-item.js';
import type { Item, TransactAction } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { keyOf, parkedEvents, toKey } from './keys.js';

const REMOVED_AT_ONCE = 50;

/** Events that were set aside, in the table, beside their checkpoint. */
export class ParkedEvents {
  constructor(private readonly items: EventItems) {}

  /** As parts of the transaction that moves the checkpoint. */
  actions(name: string, { parked = [], unparked = [] }: Pick<CheckpointMove, 'parked' | 'unparked'>): TransactAction[] {
    const TableName = this.items.table;
    return [
      ...parked.map((event) => ({ Put: { TableName, Item: encodeParked(name, event) } })),
      ...unparked.map((position) => ({ Delete: { TableName, Key: toKey(parkedKey(name, position)) } })),
    ];
  }

  async *all(name: string, { afterPosition = 0, limit = Infinity }: ParkedRange = {}): AsyncGenerator<ParkedEvent> {
    if (limit <= 0) return;
    let left = limit;
    for await (const page of this.pages(name, { afterPosition, ...(limit !== Infinity && { limit }) })) {
      for (const item of page) {
        yield decodeParked(item);
        if (--left <= 0) return;
      }
    }
  }

  async count(name: string): Promise<number> {
    let count = 0;
    for await (const page of this.pages(name, { keysOnly: true })) count += page.length;
    return count;
  }

  async makeDue(name: string, streams: string | ReadonlySet<string> | undefined): Promise<number> {
    let count = 0;
    for await (const event of this.all(name)) {
      if (!isStreamAmong(event.streamName, streams)) continue;
      await this.markDue(name, event.position);
      count += 1;
    }
    return count;
  }

  async removeAll(name: string): Promise<void> {
    for await (const page of this.pages(name, { keysOnly: true })) {
      const keys = page.map((item) => toKey(keyOf(item)));
      for (let at = 0; at < keys.length; at += REMOVED_AT_ONCE) {
        await this.items.api.transactWriteItems({
          TransactItems: keys
            .slice(at, at + REMOVED_AT_ONCE)
            .map((Key) => ({ Delete: { TableName: this.items.table, Key } })),
        });
      }
    }
  }

  private async markDue(name: string, position: number): Promise<void> {
    try {
      await this.items.api.updateItem({
        TableName: this.items.table,
        Key: toKey(parkedKey(name, position)),
        UpdateExpression: 'SET due = :due',
        // It may have been handled meanwhile, and must not come back as half an item.
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':due': number(1) },
      });
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }

  private async *pages(
    name: string,
    { afterPosition = 0, limit, keysOnly = false }: ParkedRange & { readonly keysOnly?: boolean } = {},
  ): AsyncGenerator<readonly Item[]> {
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey }: { Items?: Item[]; LastEvaluatedKey?: Item } = await this.items.api.query({
        TableName: this.items.table,
        KeyConditionExpression: 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: { ':pk': text(parkedEvents(name)), ':after': number(afterPosition) },
        ConsistentRead: true,
        ...(keysOnly && { ProjectionExpression: 'pk, sk' }),
        ...(limit !== undefined && { Limit: limit }),
        ...(start && { ExclusiveStartKey: start }),
      });
      yield Items;
      start = LastEvaluatedKey;
    } while (start);
  }
}
