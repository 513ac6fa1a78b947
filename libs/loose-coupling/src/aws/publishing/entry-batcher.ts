import {
  backoffDelay,
  type Clock,
  ClosedError,
  isLooseCouplingError,
  SystemClock,
  type Timer,
} from '../../kernel/index.js';
import type { EntryResult } from '../../messaging/index.js';
import { DelayedEntries } from './delayed-entries.js';
import {
  type AddOptions,
  type BatcherCloseOptions,
  type BatcherSettings,
  type CallVerdict,
  DEFAULT_BATCHER_SETTINGS,
  DEFAULT_ENTRY_RETRY,
  type EntryBatcherOptions,
  type EntryRetryOptions,
  withDefaults,
} from './entry-batcher.options.js';
import { EntryList } from './entry-list.js';
import { GroupLanes } from './group-lanes.js';
import { PendingEntry } from './pending-entry.js';
import { Rounds } from './rounds.js';
import { TimedCalls } from './timed-calls.js';
import { WaitingEntries } from './waiting-entries.js';

/** Longest pause between attempts once it closes. */
const HURRIED_DELAY = 500;

/**
 * Gathers what many callers send to one destination into calls, by count and bytes, and settles each caller from its own entry.
 *
 * A full call goes at once. With nothing under way, what is there goes at the end of the turn of the event loop; otherwise it
 * gathers until it fills a call or has lingered, as databases commit in groups. What failed for a passing reason is sent again
 * after a pause, within the limits of `retry`. Entries of one `group` go one by one: the next when the one before is in or was
 * refused for good. One that is given up takes those that wait behind it along, so that sending again what failed keeps the order.
 */
export class EntryBatcher<Item, Result> {
  private readonly options: EntryBatcherOptions<Item, Result> & BatcherSettings;
  private readonly retry: EntryRetryOptions;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly judge: (error: unknown) => CallVerdict;
  private readonly calls: TimedCalls;
  private readonly waiting = new WaitingEntries<Item, Result>();
  private readonly lanes = new GroupLanes<Item, Result>();
  private readonly ready = new EntryList<Item, Result>();
  private readonly delayed: DelayedEntries<Item, Result>;
  private readonly rounds = new Rounds();
  private readonly sendWhatIsThere = () => {
    this.due = true;
    this.pump();
  };
  private readonly onTurnEnd = () => {
    this.turn = undefined;
    if (this.underWay === 0 || this.options.linger === 0) this.sendWhatIsThere();
    else this.pump();
  };
  private taken = 0;
  private underWay = 0;
  /** What is ready has lingered, and goes whether it fills a call or not. */
  private due = false;
  private lingering: Timer | undefined;
  private turn: NodeJS.Immediate | undefined;
  private closing: Promise<void> | undefined;
  private abandoned = false;

  constructor(options: EntryBatcherOptions<Item, Result>) {
    this.options = withDefaults(options, DEFAULT_BATCHER_SETTINGS);
    this.retry = withDefaults(options.retry ?? {}, DEFAULT_ENTRY_RETRY);
    this.clock = options.clock ?? new SystemClock();
    this.random = options.random ?? Math.random;
    this.judge = options.judge ?? ((error) => (isLooseCouplingError(error) ? 'refuse' : 'retry'));
    this.calls = new TimedCalls(options.destination, this.options.callTimeout, this.clock);
    this.delayed = new DelayedEntries(this.clock, (entries) => this.sendFirst(entries));
  }

  /** Entries that were taken and are not settled. */
  get pending(): number {
    return this.taken;
  }

  /** Never rejects: what was not accepted is in the result, an abort and a closed batcher included. */
  add(item: Item, { bytes, group, signal }: AddOptions): Promise<EntryResult<Result>> {
    if (this.closing) return Promise.resolve(failed(this.closedError(), true));
    if (signal?.aborted) return Promise.resolve(failed(toError(signal.reason), false));
    return new Promise((resolve) => {
      const entry = new PendingEntry<Item, Result>(item, bytes, group, this.rounds.enter(), resolve);
      if (this.taken < this.options.maxPending && this.waiting.length === 0) this.take(entry);
      else this.waiting.push(entry, signal, (aborted, reason) => this.answer(aborted, failed(toError(reason), false)));
    });
  }

  /** Sends what lingers, and resolves when everything that was added before has its result. */
  flush(): Promise<void> {
    const end = this.rounds.flush();
    this.sendWhatIsThere();
    return end;
  }

  /** Takes nothing more, and resolves when all that was added has its result; retries hurry. */
  close({ timeout = Infinity }: BatcherCloseOptions = {}): Promise<void> {
    this.closing ??= this.drain(timeout);
    return this.closing;
  }

  private async drain(timeout: number): Promise<void> {
    const limit = timeout < Infinity ? this.clock.setTimer(() => this.abandon(), timeout) : undefined;
    const end = this.flush();
    this.sendFirst(this.delayed.drain());
    await end;
    limit?.cancel();
  }

  private abandon(): void {
    this.abandoned = true;
    const error = this.closedError();
    for (let entry = this.waiting.shift(); entry; entry = this.waiting.shift())
      this.answer(entry, failed(error, false));
    for (const entry of this.delayed.drain()) this.giveUp(entry, entry.lastError ?? error);
    for (let entry = this.ready.shift(); entry; entry = this.ready.shift()) {
      this.giveUp(entry, entry.lastError ?? error);
    }
    this.pump();
    this.calls.abort(error);
  }

  private take(entry: PendingEntry<Item, Result>): void {
    this.taken += 1;
    if (!this.lanes.enter(entry)) return;
    this.ready.push(entry);
    this.pump();
  }

  private sendFirst(entries: readonly PendingEntry<Item, Result>[]): void {
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      this.ready.unshift(entries[index] as PendingEntry<Item, Result>);
    }
    this.sendWhatIsThere();
  }

  private pump(): void {
    const { maxInFlight } = this.options;
    while (this.ready.first && this.underWay < maxInFlight && (this.due || this.fillsCall())) {
      void this.send(this.nextCall());
    }
    if (!this.ready.first) this.rest();
    else if (!this.due) this.wait();
  }

  private fillsCall(): boolean {
    const { length, bytes, first } = this.ready;
    return length >= this.options.maxEntries || bytes >= this.options.maxBytes || first?.alone === true;
  }

  private nextCall(): PendingEntry<Item, Result>[] {
    const entries: PendingEntry<Item, Result>[] = [];
    let bytes = 0;
    for (let next = this.ready.first; next; next = this.ready.first) {
      bytes += next.bytes;
      const fits = entries.length < this.options.maxEntries && bytes <= this.options.maxBytes && !next.alone;
      if (entries.length > 0 && !fits) break;
      this.ready.shift();
      entries.push(next);
      if (next.alone) break;
    }
    return entries;
  }

  private wait(): void {
    if (this.underWay === 0 || this.options.linger === 0) this.turn ??= setImmediate(this.onTurnEnd);
    // The end of the turn comes first, and looks again.
    else if (!this.turn) this.lingering ??= this.clock.setTimer(this.sendWhatIsThere, this.options.linger);
  }

  private rest(): void {
    this.due = false;
    this.lingering?.cancel();
    if (this.turn) clearImmediate(this.turn);
    this.lingering = this.turn = undefined;
  }

  private async send(entries: readonly PendingEntry<Item, Result>[]): Promise<void> {
    this.underWay += 1;
    const now = this.clock.monotonic();
    for (const entry of entries) if (entry.attempts++ === 0) entry.firstSentAt = now;
    let results: readonly EntryResult<Result>[];
    let isolate = false;
    try {
      const items = entries.map(({ item }) => item);
      results = await this.calls.run(async (signal) => this.options.call(items, signal));
    } catch (reason) {
      const verdict = this.abandoned ? 'retry' : this.judge(reason);
      isolate = verdict === 'isolate' && entries.length > 1;
      const result = failed(toError(reason), verdict !== 'retry' && !isolate);
      results = entries.map(() => result);
    }
    this.underWay -= 1;
    this.settle(entries, results, isolate);
    this.pump();
  }

  private settle(
    entries: readonly PendingEntry<Item, Result>[],
    results: readonly EntryResult<Result>[],
    isolate: boolean,
  ): void {
    const again: PendingEntry<Item, Result>[] = [];
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] as PendingEntry<Item, Result>;
      const result = results[index] ?? failed(new Error(`${this.options.destination} gave no result for it.`), false);
      if (result.ok || result.permanent) {
        this.finish(entry, result);
        continue;
      }
      entry.lastError = result.error;
      if (isolate) entry.alone = true;
      again.push(entry);
    }
    if (isolate) this.sendFirst(again);
    else if (again.length > 0) this.sendLater(again);
  }

  /** Entries with as many attempts pause together. */
  private sendLater(entries: readonly PendingEntry<Item, Result>[]): void {
    const now = this.clock.monotonic();
    const sets = new Map<number, PendingEntry<Item, Result>[]>();
    for (const entry of entries) {
      const set = sets.get(entry.attempts);
      if (set) set.push(entry);
      else sets.set(entry.attempts, [entry]);
    }
    for (const [attempts, set] of sets) {
      const pause = backoffDelay(attempts, { ...this.retry, jitter: 'equal' }, this.random);
      const delay = this.closing ? Math.min(pause, HURRIED_DELAY) : pause;
      const allowed = set.filter((entry) => this.mayRetry(entry, now + delay));
      if (allowed.length > 0) this.delayed.hold(allowed, delay);
      if (allowed.length === set.length) continue;
      for (const entry of set) if (!allowed.includes(entry)) this.giveUp(entry, entry.lastError ?? this.closedError());
    }
  }

  private mayRetry({ attempts, firstSentAt }: PendingEntry<Item, Result>, at: number): boolean {
    return !this.abandoned && attempts < this.retry.maxAttempts && at - firstSentAt <= this.retry.totalTimeout;
  }

  private finish(entry: PendingEntry<Item, Result>, result: EntryResult<Result>): void {
    const next = this.lanes.leave(entry);
    if (next) this.ready.push(next);
    this.release(entry, result);
  }

  private giveUp(first: PendingEntry<Item, Result>, error: Error): void {
    const result = failed(error, false);
    // Before any of them gets the room that becomes free.
    const waiting = first.group === undefined ? [] : this.waiting.takeGroup(first.group);
    let entry: PendingEntry<Item, Result> | undefined = first;
    while (entry) {
      const next = this.lanes.leave(entry);
      this.release(entry, result);
      entry = next;
    }
    for (const left of waiting) this.answer(left, result);
  }

  private release(entry: PendingEntry<Item, Result>, result: EntryResult<Result>): void {
    this.taken -= 1;
    this.answer(entry, result);
    const next = this.waiting.shift();
    if (next) this.take(next);
  }

  private answer(entry: PendingEntry<Item, Result>, result: EntryResult<Result>): void {
    entry.settle(result);
    entry.round.leave();
  }

  private closedError(): ClosedError {
    return new ClosedError(this.options.destination);
  }
}

const failed = (error: Error, permanent: boolean): EntryResult<never> => ({ ok: false, error, permanent });

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
