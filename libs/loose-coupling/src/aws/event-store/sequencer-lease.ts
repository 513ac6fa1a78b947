import type { Clock } from '../../kernel/index.js';
import { number, text } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
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
      await this.items.api.updateItem({
        TableName: this.items.table,
        Key: toKey(SEQUENCER_LEASE),
        UpdateExpression: 'SET holder = :holder, exp = :exp',
        // More than a whole term left was written before a clock was set back.
        ConditionExpression: 'attribute_not_exists(pk) OR holder = :holder OR exp <= :now OR exp > :most',
        ExpressionAttributeValues: {
          ':holder': text(this.holder),
          ':exp': number(expiresAt),
          ':now': number(now),
          ':most': number(now + DURATION_MS),
        },
      });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }
}
