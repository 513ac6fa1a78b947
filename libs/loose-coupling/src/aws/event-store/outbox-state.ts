import { OutboxLeaseLostError, type OutboxLease } from '../../event-sourcing/runtime.js';
import { number, numberOf, text, textOf } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import type { Item, TransactAction } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { OUTBOX_STATE, toKey } from './keys.js';
import { SettledMessages } from './settled-messages.js';

/** What all relays share: who publishes, and how far they came. */
export interface OutboxStateRecord {
  readonly lease: OutboxLease;
  readonly settled: SettledMessages;
  readonly unparkings: number;
  /** Where the page begins on which the first message lies that is not settled. */
  readonly page: number;
  /** Grows with every write, so that nobody overwrites what another has written. */
  readonly revision: number;
}

/** The item of the outbox. */
export class OutboxState {
  constructor(private readonly items: EventItems) {}

  async read(): Promise<OutboxStateRecord> {
    return decode(await this.items.get(OUTBOX_STATE));
  }

  /** False when it was changed meanwhile. */
  async write(next: OutboxStateRecord): Promise<boolean> {
    try {
      const { Put } = this.action(next);
      if (Put) await this.items.api.putItem(Put);
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return sameState(await this.read(), next);
    }
  }

  /** As a part of a transaction. `next` was derived from what was read, and has its revision. */
  action(next: OutboxStateRecord): TransactAction & Required<Pick<TransactAction, 'Put'>> {
    return {
      Put: {
        TableName: this.items.table,
        Item: encode({ ...next, revision: next.revision + 1 }),
        ConditionExpression: 'attribute_not_exists(pk) OR rev = :revision',
        ExpressionAttributeValues: { ':revision': number(next.revision) },
      },
    };
  }

  /**
   * Changes the state for the holder of a lease.
   * @throws {OutboxLeaseLostError}
   */
  async change(
    lease: OutboxLease,
    apply: (state: OutboxStateRecord) => Promise<OutboxStateRecord> | OutboxStateRecord,
  ): Promise<OutboxStateRecord> {
    for (;;) {
      const state = await this.read();
      if (state.lease.epoch !== lease.epoch) throw new OutboxLeaseLostError(lease.holder);
      const next = await apply(state);
      if (await this.write(next)) return next;
    }
  }
}

/** After a lost reply: whether what is there is what was to be written. */
const sameState = (found: OutboxStateRecord, written: OutboxStateRecord): boolean =>
  JSON.stringify({ ...found, revision: 0 }) === JSON.stringify({ ...written, revision: 0 }) &&
  found.revision === written.revision + 1;

const encode = ({ lease, settled, unparkings, page, revision }: OutboxStateRecord): Item => ({
  ...toKey(OUTBOX_STATE),
  holder: text(lease.holder),
  epoch: number(lease.epoch),
  exp: number(lease.expiresAt),
  done: number(settled.through),
  over: text(JSON.stringify(settled.ranges)),
  unparked: number(unparkings),
  page: number(page),
  rev: number(revision),
});

const decode = (item: Item | undefined): OutboxStateRecord => ({
  lease: {
    holder: textOf(item, 'holder') ?? '',
    epoch: numberOf(item, 'epoch') ?? 0,
    expiresAt: numberOf(item, 'exp') ?? 0,
  },
  settled: new SettledMessages(
    numberOf(item, 'done') ?? 0,
    JSON.parse(textOf(item, 'over') ?? '[]') as [number, number][],
  ),
  unparkings: numberOf(item, 'unparked') ?? 0,
  page: numberOf(item, 'page') ?? 1,
  revision: numberOf(item, 'rev') ?? 0,
});
