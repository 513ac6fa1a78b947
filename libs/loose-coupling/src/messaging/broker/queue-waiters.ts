import { type Clock, isLooseCouplingError, type Timer } from '../../kernel/index.js';
import type { ReceivedMessage, ReceiveOptions } from '../core/message-queue.js';

interface Waiter {
  readonly options: ReceiveOptions;
  settle(messages: ReceivedMessage[]): void;
  fail(error: unknown): void;
}

export interface QueueWaitersOptions {
  readonly clock: Clock;
  /** Takes messages that can be received now. */
  readonly receive: (options: ReceiveOptions) => ReceivedMessage[];
  readonly nextDue: () => number | undefined;
}

/** Receives of one queue that wait for a message, served in the order they came. */
export class QueueWaiters {
  private readonly waiters = new Set<Waiter>();
  private timer: Timer | undefined;
  private serving = false;

  constructor(private readonly options: QueueWaitersOptions) {}

  get size(): number {
    return this.waiters.size;
  }

  wait(options: ReceiveOptions): Promise<ReceivedMessage[]> {
    const { wait, signal } = options;
    return new Promise((resolve, reject) => {
      const end = () => {
        deadline.cancel();
        signal?.removeEventListener('abort', giveUp);
        this.waiters.delete(waiter);
        if (this.waiters.size === 0) this.cancelTimer();
      };
      const waiter: Waiter = {
        options,
        settle: (messages) => {
          end();
          resolve(messages);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const giveUp = () => waiter.settle([]);
      const deadline = this.options.clock.setTimer(giveUp, wait);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.waiters.add(waiter);
      this.serve();
    });
  }

  /** To be called when there may be something to receive. */
  serve(): void {
    // Queues that are each other's dead-letter queues come back here; what that brings is found when due, at once.
    if (this.serving) return;
    this.serving = true;
    this.cancelTimer();
    for (const waiter of this.waiters) if (!this.serveOne(waiter)) break;
    this.serving = false;
    if (this.waiters.size > 0) this.wakeWhenDue();
  }

  /** Ends all waits with nothing. */
  close(): void {
    for (const waiter of this.waiters) waiter.settle([]);
  }

  /** @returns whether the next one may have more luck */
  private serveOne(waiter: Waiter): boolean {
    try {
      const messages = this.options.receive(waiter.options);
      if (messages.length > 0) waiter.settle(messages);
      return messages.length > 0;
    } catch (error) {
      waiter.fail(error);
      // A locked database would hold up the process once more for each.
      return !isLooseCouplingError(error, 'LC_DATABASE_BUSY');
    }
  }

  private wakeWhenDue(): void {
    const due = this.nextDue();
    if (due === undefined) return;
    const { clock } = this.options;
    // At least a millisecond, so that a clock that is a little behind does not make this spin.
    this.timer = clock.setTimer(() => this.serve(), Math.max(1, due - clock.now()));
  }

  private nextDue(): number | undefined {
    try {
      return this.options.nextDue();
    } catch {
      // The queue is gone or the database away: the waiters hear of it when they next ask, or time out.
      return undefined;
    }
  }

  private cancelTimer(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
