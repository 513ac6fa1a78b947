import { holderIsGone } from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import { number, text, textOf } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import type { Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { SEQUENCER_LEASE, toKey } from './keys.js';

const DURATION_MS = 10_000;

/** Which process does the sequencing. Two may believe that they hold it; that costs work, not order. */
export class SequencerLease {
  /** Monotonic milliseconds. */
  private renewAt = -Infinity;
  private askAt = -Infinity;

  constructor(
    private readonly items: EventItems,
    private readonly clock: Clock,
    private readonly holder: string,
  ) {}

  /** Whether the work is ours. Asks the table now and then only. */
  async take(): Promise<boolean> {
    const asked = this.clock.monotonic();
    if (asked < this.renewAt) return true;
    if (asked < this.askAt) return false;
    const taken = await this.write(this.clock.now() + DURATION_MS);
    this.renewAt = taken ? asked + DURATION_MS / 2 : -Infinity;
    this.askAt = taken ? -Infinity : asked + DURATION_MS / 10;
    return taken;
  }

  async release(): Promise<void> {
    if (this.renewAt === -Infinity) return;
    this.renewAt = -Infinity;
    await this.write(0);
  }

  private async write(expiresAt: number): Promise<boolean> {
    const now = this.clock.now();
    try {
      // More than a whole term left was written before a clock was set back.
      await this.put(expiresAt, 'attribute_not_exists(pk) OR holder = :holder OR exp <= :now OR exp > :most', {
        ':now': number(now),
        ':most': number(now + DURATION_MS),
      });
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
    return this.succeed(expiresAt);
  }

  /** A service that was killed and started again need not wait until its lease expires. */
  private async succeed(expiresAt: number): Promise<boolean> {
    const other = textOf(await this.items.get(SEQUENCER_LEASE), 'holder') ?? '';
    if (!holderIsGone(other)) return false;
    try {
      await this.put(expiresAt, 'holder = :other', { ':other': text(other) });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }

  private async put(expiresAt: number, condition: string, values: Item): Promise<void> {
    await this.items.api.updateItem({
      TableName: this.items.table,
      Key: toKey(SEQUENCER_LEASE),
      UpdateExpression: 'SET holder = :holder, exp = :exp',
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':holder': text(this.holder), ':exp': number(expiresAt), ...values },
    });
  }
}
