import { backoffDelay, type BackoffOptions, type Clock, type Timer } from '../../kernel/index.js';
import type { EntryResult } from '../core/message-queue.js';
import { type ConsumerActivity, type ConsumerReporter, isFatal, isReceiptExpired } from './consumer-report.js';
import type { Deadlines } from './deadlines.js';
import type { InFlightMessage, WriteResult } from './in-flight-message.js';

/** Entries that SQS takes in one call. */
export const MAX_BATCH = 10;

const WRITE_BACKOFF: BackoffOptions = { initialDelay: 200, maxDelay: 10_000, jitter: 'equal' };
const HURRIED_BACKOFF: BackoffOptions = { initialDelay: 100, maxDelay: 500, jitter: 'equal' };
const ANSWER_TIMEOUT = 30_000;

export interface BatchWriterOptions {
  readonly activity: ConsumerActivity;
  readonly call: (entries: readonly InFlightMessage[]) => Promise<EntryResult[]>;
  /** Milliseconds; 0 is the end of the current turn of the event loop. */
  readonly linger: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly deadlines: Deadlines;
  readonly reporter: ConsumerReporter;
}

/**
 * Gathers writes into calls of up to ten. Each entry has its own fate: what failed for a passing reason is written
 * again while its receipt lives.
 */
export class BatchWriter {
  private buffer: InFlightMessage[] = [];
  private readonly retries = new Map<Timer, InFlightMessage[]>();
  private timer: Timer | undefined;
  private turn: NodeJS.Immediate | undefined;
  private backoff = WRITE_BACKOFF;
  private failing = false;
  private closed = false;

  constructor(private readonly options: BatchWriterOptions) {}

  write(entry: InFlightMessage, now: boolean): Promise<WriteResult> {
    return new Promise((resolve) => {
      entry.onWritten = resolve;
      entry.writeAttempts = 0;
      this.buffer.push(entry);
      if (now || this.buffer.length >= MAX_BATCH) this.flush();
      else this.flushSoon();
    });
  }

  flush(): void {
    this.timer?.cancel();
    clearImmediate(this.turn);
    this.timer = this.turn = undefined;
    const entries = this.buffer;
    if (entries.length === 0) return;
    this.buffer = [];
    if (entries.length <= MAX_BATCH) void this.send(entries);
    else {
      for (let start = 0; start < entries.length; start += MAX_BATCH) {
        void this.send(entries.slice(start, start + MAX_BATCH));
      }
    }
  }

  /** For a shutdown: nothing lingers, and what waits for its next attempt has it now. */
  hurry(): void {
    this.backoff = HURRIED_BACKOFF;
    this.flush();
    for (const [timer, entries] of this.retries) {
      timer.cancel();
      this.retries.delete(timer);
      void this.send(entries);
    }
  }

  /** Gives up what is not written yet. */
  close(): void {
    this.closed = true;
    this.timer?.cancel();
    clearImmediate(this.turn);
    for (const timer of this.retries.keys()) timer.cancel();
    for (const entry of [...this.buffer, ...[...this.retries.values()].flat()]) this.settle(entry, 'failed');
    this.buffer = [];
    this.retries.clear();
  }

  private flushSoon(): void {
    if (this.timer || this.turn) return;
    if (this.options.linger > 0) this.timer = this.options.clock.setTimer(() => this.flush(), this.options.linger);
    else this.turn = setImmediate(() => this.flush());
  }

  private async send(entries: readonly InFlightMessage[]): Promise<void> {
    let results: EntryResult[];
    try {
      const { call, deadlines, activity } = this.options;
      results = await deadlines.within(ANSWER_TIMEOUT, `The queue's ${activity}`, call(entries));
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      results = entries.map(() => ({ ok: false, error, permanent: isFatal(error) }));
    }
    let again: InFlightMessage[] | undefined;
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] as InFlightMessage;
      const verdict = this.judge(entry, results[index]);
      if (verdict === 'again') (again ??= []).push(entry);
      else this.settle(entry, verdict);
    }
    if (again) this.retryLater(again);
    else this.failing = false;
  }

  private judge(entry: InFlightMessage, result: EntryResult | undefined): WriteResult | 'again' {
    if (result?.ok) return 'applied';
    const { reporter, activity, clock } = this.options;
    const error = result?.error ?? new Error(`The answer of the queue has no result for an entry (${activity})`);
    if (isReceiptExpired(error)) return 'expired';
    if (result?.permanent || this.closed) {
      reporter.report(error, activity, entry.message.messageId, result?.permanent ?? false);
      return 'failed';
    }
    // Of a streak only the first is reported.
    if (!this.failing) reporter.report(error, activity, entry.message.messageId);
    this.failing = true;
    return entry.visibleUntil > clock.monotonic() ? 'again' : 'expired';
  }

  private retryLater(entries: InFlightMessage[]): void {
    let attempts = 0;
    for (const entry of entries) attempts = Math.max(attempts, ++entry.writeAttempts);
    const { clock, random } = this.options;
    const timer = clock.setTimer(
      () => {
        this.retries.delete(timer);
        void this.send(entries);
      },
      backoffDelay(attempts, this.backoff, random),
    );
    this.retries.set(timer, entries);
  }

  private settle(entry: InFlightMessage, result: WriteResult): void {
    entry.onWritten?.(result);
    entry.onWritten = undefined;
  }
}
