import type { Clock, Timer } from '../../kernel/index.js';
import type { MessageQueue } from '../core/message-queue.js';
import { ReceiptExpiredError } from '../errors/receipt-expired.error.js';
import { type ConsumerReporter, isReceiptExpired } from './consumer-report.js';
import { type InFlightMessage } from './in-flight-message.js';
import { MAX_BATCH } from './batch-writer.js';

/**
 * Keeps every message in hand hidden from other consumers, with one timer for all and one call for every ten.
 * A message is extended when half to two thirds of its visibility have passed; a failed extension is tried again
 * several times before the rest has. It ends 12 hours after the receive, which is as long as SQS allows.
 */
export class Heartbeat {
  private timer: Timer | undefined;
  private beatAt = Infinity;
  private failing = false;

  constructor(
    private readonly queue: MessageQueue,
    private readonly inFlight: ReadonlySet<InFlightMessage>,
    private readonly visibilityTimeout: number,
    private readonly clock: Clock,
    private readonly reporter: ConsumerReporter,
  ) {}

  /** Must be told of each message in hand; those that are no longer in flight are left alone by themselves. */
  watch(entry: InFlightMessage): void {
    if (entry.renewAt < this.beatAt) this.schedule(entry.renewAt);
  }

  stop(): void {
    this.timer?.cancel();
    this.beatAt = Infinity;
  }

  private schedule(time: number): void {
    this.timer?.cancel();
    this.beatAt = time;
    // At least a millisecond: a timer that fires a fraction too early must not be set again for no time at all.
    this.timer = this.clock.setTimer(() => this.beat(), Math.max(1, time - this.clock.monotonic()));
  }

  private beat(): void {
    this.beatAt = Infinity;
    const now = this.clock.monotonic();
    const horizon = now + this.visibilityTimeout / 6;
    const due: InFlightMessage[] = [];
    let next = Infinity;
    for (const entry of this.inFlight) {
      if (entry.lost || entry.phase === 'returning') continue;
      if (this.isOutOfTime(entry, now)) {
        this.lose(entry, new ReceiptExpiredError(entry.message.receiptHandle));
        continue;
      }
      if (!entry.lastRenewal && entry.renewAt <= horizon) {
        due.push(entry);
        entry.renewAt = now + this.visibilityTimeout / 12;
      }
      next = Math.min(next, entry.renewAt);
    }
    for (let start = 0; start < due.length; start += MAX_BATCH) void this.renew(due.slice(start, start + MAX_BATCH));
    if (next !== Infinity) this.schedule(next);
  }

  /** After a pause of the whole process the queue is asked first: the message may still be ours. */
  private isOutOfTime(entry: InFlightMessage, now: number): boolean {
    return now >= entry.visibleUntil && (entry.renewalPending || entry.lastRenewal);
  }

  private async renew(batch: readonly InFlightMessage[]): Promise<void> {
    const askedAt = this.clock.monotonic();
    const changes = batch.map((entry) => {
      entry.renewalPending = true;
      return {
        receiptHandle: entry.message.receiptHandle,
        timeout: entry.cappedTimeout(this.visibilityTimeout, askedAt),
      };
    });
    try {
      const results = await this.queue.changeVisibility(changes);
      for (const [index, entry] of batch.entries()) {
        const result = results[index];
        if (result?.ok) this.renewed(entry, askedAt, changes[index]?.timeout ?? 0);
        else if (isReceiptExpired(result?.error)) this.lose(entry, result?.error);
        else if (result?.permanent) this.endRenewals(entry);
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.reporter.report(error, 'heartbeat');
      this.failing = true;
    }
  }

  private renewed(entry: InFlightMessage, askedAt: number, timeout: number): void {
    entry.renewalPending = false;
    entry.visibleUntil = askedAt + timeout;
    entry.renewAt = askedAt + (this.visibilityTimeout * 2) / 3;
    if (timeout < this.visibilityTimeout) this.endRenewals(entry);
  }

  private endRenewals(entry: InFlightMessage): void {
    entry.lastRenewal = true;
    entry.renewAt = entry.visibleUntil;
  }

  private lose(entry: InFlightMessage, reason: unknown): void {
    // An answer may come after the message was settled or handed back.
    if (entry.lost || entry.phase === 'returning' || !this.inFlight.has(entry)) return;
    this.reporter.counters.lost += 1;
    entry.lose(reason);
  }
}
