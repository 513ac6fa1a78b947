import type { Clock, Timer } from '../../kernel/index.js';
import type { ReceivedMessage, ReceiveOptions } from '../core/message-queue.js';
import { isBusy, LOCK_PAUSE } from './retry-while-busy.js';

interface Waiter {
  readonly options: ReceiveOptions;
  settle(messages: ReceivedMessage[]): void;
  fail(error: unknown): void;
}

/** How a waiter fared; after `more`, the next one may have luck too. */
type Served = 'more' | 'empty' | 'locked';

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
    let served: Served = 'more';
    for (const waiter of this.waiters) if ((served = this.serveOne(waiter)) !== 'more') break;
    this.serving = false;
    if (this.waiters.size > 0) this.wakeAt(served === 'locked' ? this.soon() : this.nextDue());
  }

  /** Ends all waits with nothing. */
  close(): void {
    for (const waiter of this.waiters) waiter.settle([]);
  }

  private serveOne(waiter: Waiter): Served {
    try {
      const messages = this.options.receive(waiter.options);
      if (messages.length > 0) waiter.settle(messages);
      return messages.length > 0 ? 'more' : 'empty';
    } catch (error) {
      if (isBusy(error)) return 'locked';
      waiter.fail(error);
      return 'more';
    }
  }

  private wakeAt(due: number | undefined): void {
    if (due === undefined) return;
    const { clock } = this.options;
    // At least a millisecond, so that a clock that is a little behind does not make this spin.
    this.timer = clock.setTimer(() => this.serve(), Math.max(1, due - clock.now()));
  }

  private nextDue(): number | undefined {
    try {
      return this.options.nextDue();
    } catch (error) {
      // The queue is gone or the database away: the waiters hear of it when they next ask, or time out.
      return isBusy(error) ? this.soon() : undefined;
    }
  }

  private soon(): number {
    return this.options.clock.now() + LOCK_PAUSE;
  }

  private cancelTimer(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
