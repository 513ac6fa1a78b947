import type { Clock, Timer } from '../../kernel/index.js';
import { QueueTimeoutError } from '../errors/queue-timeout.error.js';

/** Gives calls that may never answer an end, and can drop all its timers at once. */
export class Deadlines {
  private readonly timers = new Set<Timer>();

  constructor(private readonly clock: Clock) {}

  /** @throws {QueueTimeoutError} when `call` has not settled after `ms` */
  within<T>(ms: number, operation: string, call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimer(() => {
        this.timers.delete(timer);
        reject(new QueueTimeoutError(operation, ms));
      }, ms);
      this.timers.add(timer);
      const end = () => {
        timer.cancel();
        this.timers.delete(timer);
      };
      call.then(
        (value) => {
          end();
          resolve(value);
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  }

  clear(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }
}
