import { OutboxLeaseLostError, type OutboxLease, type PreparedMessage } from '../../event-sourcing/runtime.js';
import { numberOf, text, textOf } from './attributes.js';
import { cancellationReasons } from './call-faults.js';
import { itemBytes } from './commit-item.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { keyOf, PARKED, toKey } from './keys.js';
import type { OutboxState } from './outbox-state.js';
import { packed, unpacked } from './packed-json.js';

export interface ParkedRecord {
  readonly id: number;
  readonly message: PreparedMessage;
  readonly reason: string;
}

/** Leaves room for the outbox's own item. */
const MOVED_AT_ONCE = 50;

/** Of the 4 MB that a transaction holds. */
const MOST_BYTES = 3_900_000;
/** What a message leaves for the reason. */
const ITEM_BYTES = 400 * 1024;
const MOST_REASON = 2_000;
const BYTES_PER_UNIT = 3;
const CHANGED_MEANWHILE = ['ConditionalCheckFailed', 'TransactionConflict'];

/** Messages that were set aside, each with its reason. */
export class ParkedMessages {
  constructor(private readonly items: EventItems) {}

  /**
   * Sets messages aside in the write that settles them: between two writes, whoever unparks them would lose them.
   * @throws {OutboxLeaseLostError}
   */
  async add(state: OutboxState, lease: OutboxLease, records: readonly ParkedRecord[]): Promise<void> {
    for (const some of inTransactions(records.map(toItem))) await this.addSome(state, lease, some);
  }

  async all(): Promise<ParkedRecord[]> {
    return (await this.query()).map((item) => ({
      id: numberOf(item, 'sk') ?? 0,
      message: JSON.parse(unpacked(item, 'm') ?? '{}') as PreparedMessage,
      reason: textOf(item, 'r') ?? '',
    }));
  }

  async lanes(): Promise<string[]> {
    const lanes = new Set<string>();
    for (const item of await this.query()) {
      for (const lane of JSON.parse(textOf(item, 'l') ?? '[]') as string[]) lanes.add(lane);
    }
    return [...lanes];
  }

  /** Makes them pending again. Resolves to their number. */
  async release(state: OutboxState): Promise<number> {
    const parked = await this.query();
    for (let at = 0; at === 0 || at < parked.length; at += MOVED_AT_ONCE) {
      await this.releaseSome(state, parked.slice(at, at + MOVED_AT_ONCE));
    }
    return parked.length;
  }

  private async releaseSome(state: OutboxState, items: readonly Item[]): Promise<void> {
    for (;;) {
      const current = await state.read();
      const settled = current.settled.without(items.map((item) => numberOf(item, 'sk') ?? 0));
      const next = { ...current, settled, unparkings: current.unparkings + 1, page: 1 };
      try {
        await this.items.api.transactWriteItems({
          TransactItems: [
            state.action(next),
            ...items.map((item) => ({ Delete: { TableName: this.items.table, Key: toKey(keyOf(item)) } })),
          ],
        });
        return;
      } catch (error) {
        const { name } = error as { name?: unknown };
        if (name !== 'TransactionCanceledException') throw error;
        // Changed by the relay meanwhile; or the reply was lost, and they are gone.
        if (items.length > 0 && (await this.query()).length === 0) return;
      }
    }
  }

  private async addSome(state: OutboxState, lease: OutboxLease, items: readonly Item[]): Promise<void> {
    for (;;) {
      const current = await state.read();
      if (current.lease.epoch !== lease.epoch) throw new OutboxLeaseLostError(lease.holder);
      const settled = current.settled.with(items.map((item) => keyOf(item).sk));
      try {
        await this.items.api.transactWriteItems({
          TransactItems: [
            state.action({ ...current, settled }),
            ...items.map((Item) => ({ Put: { TableName: this.items.table, Item } })),
          ],
        });
        return;
      } catch (error) {
        // Changed meanwhile; or the reply was lost, and it is done once more.
        const reasons = cancellationReasons(error);
        if (!reasons?.some(({ Code = '' }) => CHANGED_MEANWHILE.includes(Code))) throw error;
      }
    }
  }

  private async query(): Promise<Item[]> {
    const found: Item[] = [];
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.items.api.query({
        TableName: this.items.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(PARKED) },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      });
      found.push(...Items);
      start = LastEvaluatedKey;
    } while (start);
    return found;
  }
}

function toItem({ id, message, reason }: ParkedRecord): Item {
  const item = {
    ...toKey({ pk: PARKED, sk: id }),
    // As in its commit, where it had room compressed.
    m: packed(JSON.stringify(message)),
    l: text(JSON.stringify(message.lanes)),
  };
  const room = Math.max(0, ITEM_BYTES - itemBytes(item)) / BYTES_PER_UNIT;
  return { ...item, r: text(reason.slice(0, Math.min(room, MOST_REASON))) };
}

/** As many at a time as one transaction takes, beside the outbox's own item. */
function inTransactions(items: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const size = itemBytes(item);
    const group = groups.at(-1);
    if (group && group.length < MOVED_AT_ONCE && bytes + size <= MOST_BYTES) group.push(item);
    else groups.push([item]);
    bytes = groups.at(-1)?.length === 1 ? size : bytes + size;
  }
  return groups;
}
