import { Inject, Optional } from '@nestjs/common';
import { Clock, InvalidOptionsError, SystemClock } from '../../kernel/index.js';
import { retryConflicts, type RetryOptions } from './retry-conflicts.js';
import { wrapMethod, type AsyncMethod } from './wrap-method.js';

const CLOCK = Symbol('clock of @ConcurrencyRetry');
const systemClock = new SystemClock();

/**
 * Runs the method again, from its start, when its save meets a version that somebody else has changed meanwhile. So it
 * must load what it decides on itself, and have no other effect. Between attempts it waits 4 milliseconds and more, up to 250,
 * jittered.
 *
 * For command handlers, and any other method of a provider; outside of Nest it waits by the machine's clock.
 *
 * @example
 * @ConcurrencyRetry({ retries: 3 })
 * async execute({ orderId }: ShipOrder) {
 *   const order = await this.orders.load(orderId);
 *   order.ship();
 *   await order.commit();
 * }
 * @throws {InvalidOptionsError} when `retries` is not a whole number, 0 or more
 */
export function ConcurrencyRetry(options: RetryOptions = {}) {
  const { retries = 5 } = options;
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new InvalidOptionsError('@ConcurrencyRetry', [
      `retries: expected a whole number, 0 or more, got ${String(retries)}`,
    ]);
  }
  return <Method extends AsyncMethod>(
    prototype: object,
    name: PropertyKey,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Optional()(prototype, CLOCK);
    Inject(Clock)(prototype, CLOCK);
    wrapMethod(prototype, name, descriptor, (instance, call) =>
      retryConflicts(call, (instance as { [CLOCK]?: Clock })[CLOCK] ?? systemClock, { retries }),
    );
  };
}
