import { AsyncResource } from 'node:async_hooks';

import { backoffDelay, type BackoffOptions, type Clock, type Timer } from '../../kernel/index.js';
import type { MessageQueue, ReceivedMessage } from '../core/message-queue.js';
import { type ConsumerReporter, isFatal } from './consumer-report.js';
import type { ConsumerSettings } from './consumer-settings.js';
import type { Deadlines } from './deadlines.js';
import type { Permits } from './permits.js';
import { PollRecord } from './poll-record.js';
import { PollWatchdog } from './poll-watchdog.js';
import { QueueTimeoutError } from '../errors/queue-timeout.error.js';

const RECEIVE_BACKOFF: BackoffOptions = { initialDelay: 250, maxDelay: 30_000, jitter: 'equal' };
/** How long a receive may take beyond its wait before it counts as failed. */
const ANSWER_TIMEOUT = 30_000;
/** Keeps a queue that answers "empty" at once, whatever the wait, from being asked in a tight loop. */
const EMPTY_PAUSE = 100;
/** Longest that a few free permits wait for more, so that a receive is not spent on each. */
const REFILL_WAIT = 10;
/** What the watchdog adds to the longest time between two signs of life. */
const CHECK_MARGIN = 10_000;

// Receives start here, so that no message inherits the context of whoever started the consumer or of the handler
// whose end freed a permit.
const rootContext = new AsyncResource('QueueConsumer');

export interface PollerOptions {
  readonly queue: MessageQueue;
  readonly settings: ConsumerSettings;
  readonly permits: Permits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly deadlines: Deadlines;
  readonly reporter: ConsumerReporter;
  readonly deliver: (messages: readonly ReceivedMessage[]) => void;
  /** Hands back messages that came too late to be run. */
  readonly release: (messages: readonly ReceivedMessage[]) => void;
  readonly onPollEnd: () => void;
}

/** A receive under way. */
interface Poll {
  readonly abort: AbortController;
  readonly max: number;
  readonly waits: boolean;
}

/**
 * Keeps the permits filled. One receive is under way while the queue is quiet; each full one allows another beside
 * it, up to one for every ten permits, and an empty one takes them back. Only one of them waits for messages.
 *
 * Permits that become free within a turn of the event loop share a receive. Above a concurrency of 10, fewer than a
 * tenth of the permits also wait up to 10 ms for more; up to 10, a free permit is filled without delay.
 */
export class Poller {
  readonly record: PollRecord;
  private readonly watchdog: PollWatchdog;
  private readonly polls = new Set<Poll>();
  private state: 'idle' | 'polling' | 'stopped' = 'idle';
  private allowed = 1;
  private waiting = false;
  private failures = 0;
  private fatalReported = false;
  private turn: NodeJS.Immediate | undefined;
  private pause: Timer | undefined;
  private refill: Timer | undefined;
  private throttled: Timer | undefined;

  constructor(private readonly options: PollerOptions) {
    const { clock, settings } = options;
    this.record = new PollRecord(clock);
    const limit = settings.receiveWait + ANSWER_TIMEOUT + RECEIVE_BACKOFF.maxDelay + CHECK_MARGIN;
    this.watchdog = new PollWatchdog(this.record, limit, clock, () => this.restart());
  }

  /** Receives that have not answered. */
  get underWay(): number {
    return this.polls.size;
  }

  start(): void {
    if (this.state === 'stopped') return;
    this.state = 'polling';
    this.watchdog.start();
    this.wake();
  }

  /** Ends waiting receives and starts no more, until `start`. */
  suspend(): void {
    if (this.state === 'polling') this.state = 'idle';
    this.watchdog.stop();
    this.record.hasRoom(false);
    this.cancelTimers();
    for (const { abort } of this.polls) abort.abort();
  }

  stop(): void {
    this.suspend();
    this.state = 'stopped';
  }

  /** To be called when there may be room for another receive. */
  wake(): void {
    const { permits } = this.options;
    this.record.hasRoom(this.state === 'polling' && (this.polls.size > 0 || permits.free > 0));
    this.awaitMore();
    if (this.state !== 'polling' || this.pause || this.turn || this.polls.size >= this.allowed) return;
    // In a turn of its own: a queue and handlers that never wait would otherwise starve timers and sockets.
    this.turn = setImmediate(() => {
      this.turn = undefined;
      rootContext.runInAsyncScope(this.fill, this, false);
    });
  }

  /** A rate limit that is used up gives room by itself, at a known time. */
  private awaitMore(): void {
    const { throttle, free } = this.options.permits;
    if (!throttle || free > 0 || this.throttled || this.state !== 'polling') return;
    const ms = throttle.moreIn;
    if (ms === undefined) return;
    this.throttled = this.options.clock.setTimer(() => {
      this.throttled = undefined;
      this.wake();
    }, ms);
  }

  private fill(refillNow: boolean): void {
    const { permits, settings } = this.options;
    while (this.state === 'polling' && !this.pause && this.polls.size < this.allowed && permits.free > 0) {
      const enough = Math.min(settings.maxReceiveBatch, Math.ceil(permits.limit / 10));
      if (permits.free < enough && !refillNow) {
        this.refill ??= this.options.clock.setTimer(() => {
          this.refill = undefined;
          rootContext.runInAsyncScope(this.fill, this, true);
        }, REFILL_WAIT);
        return;
      }
      void this.poll(Math.min(settings.maxReceiveBatch, permits.free));
    }
  }

  private async poll(max: number): Promise<void> {
    const { permits, settings, clock } = this.options;
    const poll: Poll = { abort: new AbortController(), max, waits: !this.waiting };
    const startedAt = clock.monotonic();
    this.polls.add(poll);
    this.waiting = true;
    permits.reserved += max;
    this.record.active();
    let messages: readonly ReceivedMessage[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      messages = await this.receive(max, poll.waits ? settings.receiveWait : 0, poll.abort);
    } catch (error) {
      failure = { error };
    }
    if (!this.end(poll)) {
      this.options.release(messages);
      return;
    }
    permits.throttle?.received(messages.length);
    if (failure) this.failed(failure.error);
    else {
      this.succeeded(messages.length, max);
      if (messages.length === 0 && poll.waits && clock.monotonic() - startedAt < EMPTY_PAUSE)
        this.pauseFor(EMPTY_PAUSE);
    }
    if (this.state === 'stopped') this.options.release(messages);
    else this.options.deliver(messages);
    this.options.onPollEnd();
    this.wake();
  }

  /** False for one that the watchdog has given up. */
  private end(poll: Poll): boolean {
    if (!this.polls.delete(poll)) return false;
    this.options.permits.reserved -= poll.max;
    if (poll.waits) this.waiting = false;
    return true;
  }

  private restart(): void {
    this.cancelTimers();
    for (const poll of this.polls) {
      this.end(poll);
      poll.abort.abort();
    }
    this.failed(new QueueTimeoutError(`The poller of ${this.options.queue.name}`, this.watchdog.limit));
    this.options.onPollEnd();
    this.wake();
  }

  private async receive(max: number, wait: number, abort: AbortController): Promise<readonly ReceivedMessage[]> {
    const { queue, settings, deadlines } = this.options;
    const { visibilityTimeout } = settings;
    const answer = queue.receive({ max, wait, visibilityTimeout, signal: abort.signal });
    let inTime = true;
    // Must not be dropped: they are hidden from every consumer for as long as their visibility lasts.
    void answer.then(
      (late) => inTime || this.options.release(late),
      () => undefined,
    );
    try {
      return await deadlines.within(wait + ANSWER_TIMEOUT, `Receiving from ${queue.name}`, answer);
    } catch (error) {
      inTime = false;
      abort.abort();
      throw error;
    }
  }

  private succeeded(count: number, max: number): void {
    this.record.succeeded();
    this.failures = 0;
    this.fatalReported = false;
    if (count === 0) this.allowed = 1;
    else if (count >= max) this.allowed = Math.min(this.allowed + 1, Math.ceil(this.options.permits.limit / 10));
  }

  private failed(error: unknown): void {
    if (this.state !== 'polling') return;
    const fatal = isFatal(error);
    this.failures += 1;
    this.record.failed();
    this.allowed = 1;
    if (this.failures === 1 || (fatal && !this.fatalReported)) this.options.reporter.report(error, 'receive');
    this.fatalReported ||= fatal;
    this.pauseFor(fatal ? RECEIVE_BACKOFF.maxDelay : backoffDelay(this.failures, RECEIVE_BACKOFF, this.options.random));
  }

  private pauseFor(ms: number): void {
    if (this.state !== 'polling') return;
    this.pause?.cancel();
    this.pause = this.options.clock.setTimer(() => {
      this.pause = undefined;
      this.wake();
    }, ms);
  }

  private cancelTimers(): void {
    clearImmediate(this.turn);
    this.pause?.cancel();
    this.refill?.cancel();
    this.throttled?.cancel();
    this.turn = this.pause = this.refill = this.throttled = undefined;
  }
}
