import { backoffDelay, type BackoffOptions, type Clock, utf8Length } from '../../kernel/index.js';
import type { LaneTurn } from '../core/lane-turn.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import { MessageTooLargeError } from '../errors/message-too-large.error.js';
import type { Acknowledger } from './acknowledger.js';
import type { ConsumerReporter } from './consumer-report.js';
import type { DeadLetterer } from './dead-letterer.js';
import type { InFlightMessage } from './in-flight-message.js';
import type { RecentlyHandled } from './recently-handled.js';

/** For failures that no handler has set a delay for. */
const FAILURE_BACKOFF: BackoffOptions = { initialDelay: 1_000, maxDelay: 300_000, jitter: 'equal' };

/** `turn` is given where messages of one group follow each other before they have ended. */
export type HandleMessage = (message: ReceivedMessage, signal: AbortSignal, turn?: LaneTurn) => Promise<Outcome>;

export interface MessageProcessorOptions {
  readonly handle: HandleMessage;
  readonly maxMessageBytes: number;
  readonly acknowledger: Acknowledger;
  readonly deadLetterer: DeadLetterer;
  readonly recentlyHandled: RecentlyHandled;
  readonly reporter: ConsumerReporter;
  readonly clock: Clock;
  readonly random: () => number;
  /** The handler is done and another message may take its place. */
  readonly onHandled: (entry: InFlightMessage) => void;
}

/** Takes one message from its receive to its end: runs the handler and carries out what it came to. */
export class MessageProcessor {
  constructor(private readonly options: MessageProcessorOptions) {}

  /** Resolves, never rejects, to whether the message has left the queue. */
  async process(entry: InFlightMessage): Promise<boolean> {
    // What a handler does to its async context before its first await stays in a continuation of its own.
    await undefined;
    let outcome: Outcome | undefined;
    try {
      outcome = this.mayStart(entry) ? await this.outcomeOf(entry) : undefined;
    } finally {
      entry.end();
      this.options.onHandled(entry);
    }
    if (entry.lost || !outcome) return false;
    if (outcome.action === 'acknowledge') return this.acknowledge(entry);
    if (outcome.action === 'release') return this.release(entry);
    if (outcome.action === 'retry') return this.retry(entry, outcome.delay);
    return this.deadLetter(entry, outcome);
  }

  /** A message that waited in a lane may have run out of time there, and then others may have it. */
  private mayStart(entry: InFlightMessage): boolean {
    if (!entry.lost && entry.visibleUntil > this.options.clock.monotonic()) return true;
    if (!entry.lost) this.options.reporter.counters.lost += 1;
    entry.lost = true;
    return false;
  }

  private async outcomeOf(entry: InFlightMessage): Promise<Outcome> {
    const { message } = entry;
    const { recentlyHandled, maxMessageBytes, handle } = this.options;
    if (recentlyHandled.has(message.messageId)) return ACKNOWLEDGE;
    // A UTF-16 unit takes at most three bytes, so most bodies need no counting.
    if (message.body.length * 3 > maxMessageBytes) {
      const bytes = utf8Length(message.body);
      if (bytes > maxMessageBytes) {
        const error = new MessageTooLargeError(`Message ${message.messageId}`, bytes, maxMessageBytes);
        this.report(message, error);
        return { action: 'deadLetter', error };
      }
    }
    try {
      return (
        (await handle(message, entry.begin(), entry.turn)) ??
        this.failure(message, new TypeError('The handler has no outcome'))
      );
    } catch (error) {
      return this.failure(message, error);
    }
  }

  private report(message: ReceivedMessage, error: unknown): void {
    this.options.reporter.report(error, 'handle', message.messageId, false);
  }

  private failure(message: ReceivedMessage, error: unknown): Outcome {
    this.report(message, error);
    return { action: 'retry', delay: this.backoff(message), error };
  }

  private backoff(message: ReceivedMessage): number {
    return backoffDelay(Math.max(1, message.receiveCount), FAILURE_BACKOFF, this.options.random);
  }

  private async acknowledge(entry: InFlightMessage): Promise<boolean> {
    const deleted = await this.delete(entry);
    if (deleted) this.options.reporter.counters.acknowledged += 1;
    return deleted;
  }

  /** Remembered until the queue has confirmed: it may hand the message out again before, when its receipt ran out. */
  private async delete(entry: InFlightMessage): Promise<boolean> {
    const { acknowledger, recentlyHandled } = this.options;
    const { messageId } = entry.message;
    recentlyHandled.remember(messageId);
    const deleted = (await acknowledger.delete(entry)) === 'applied';
    if (deleted) recentlyHandled.forget(messageId);
    return deleted;
  }

  private async release(entry: InFlightMessage): Promise<false> {
    this.options.reporter.counters.released += 1;
    entry.phase = 'returning';
    await this.options.acknowledger.release([entry]);
    return false;
  }

  private async retry(entry: InFlightMessage, delay: number): Promise<false> {
    const { acknowledger, clock, reporter } = this.options;
    entry.phase = 'returning';
    reporter.counters.retried += 1;
    await acknowledger.handBack(entry, entry.cappedTimeout(delay, clock.monotonic()));
    return false;
  }

  private async deadLetter(
    entry: InFlightMessage,
    outcome: Extract<Outcome, { action: 'deadLetter' }>,
  ): Promise<boolean> {
    const { deadLetterer, reporter } = this.options;
    if (!(await deadLetterer.copy(entry.message, outcome))) return this.retry(entry, this.backoff(entry.message));
    reporter.counters.deadLettered += 1;
    return this.delete(entry);
  }
}
