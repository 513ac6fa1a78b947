import type { CheckpointMove, ParkedEvent } from '../../event-sourcing/runtime.js';
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

  async all(name: string): Promise<ParkedEvent[]> {
    return (await this.query(name)).map(decodeParked);
  }

  async makeDue(name: string, streamName: string | undefined): Promise<number> {
    const events = (await this.all(name)).filter(
      (event) => streamName === undefined || event.streamName === streamName,
    );
    for (const { position } of events) await this.markDue(name, position);
    return events.length;
  }

  async removeAll(name: string): Promise<void> {
    const keys = (await this.query(name)).map((item) => toKey(keyOf(item)));
    for (let at = 0; at < keys.length; at += REMOVED_AT_ONCE) {
      await this.items.api.transactWriteItems({
        TransactItems: keys
          .slice(at, at + REMOVED_AT_ONCE)
          .map((Key) => ({ Delete: { TableName: this.items.table, Key } })),
      });
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

  private async query(name: string): Promise<Item[]> {
    const found: Item[] = [];
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.items.api.query({
        TableName: this.items.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(parkedEvents(name)) },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      });
      found.push(...Items);
      start = LastEvaluatedKey;
    } while (start);
    return found;
  }
}
