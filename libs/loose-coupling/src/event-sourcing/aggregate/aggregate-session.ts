import { Injectable } from '@nestjs/common';
import type { RetryOptions } from '../commands/retry-conflicts.js';
import { AggregateStore, type SaveOptions } from './aggregate-store.js';
import { AggregateUnit } from './aggregate-unit.js';
import type { EventSourced } from './event-sourced.js';

/**
 * Changes aggregates of several classes in one transaction: all of it is stored, or nothing.
 *
 * @example
 * await session.execute(async (unit) => {
 *   const product = await unit.load(Product, sku);
 *   const reservation = await unit.loadOrCreate(Reservation, orderId);
 *   product.reserve(orderId, quantity);
 *   reservation.make(lines);
 * });
 */
@Injectable()
export class AggregateSession {
  constructor(private readonly store: AggregateStore) {}

  /**
   * Runs `work` and saves what it loaded or added to the unit; again from the start, with a new unit, when somebody
   * else has changed one of them meanwhile. So `work` may run several times and must have no other effect.
   * @throws {WrongExpectedVersionError} when that happened in every attempt
   */
  execute<Result>(
    work: (unit: AggregateUnit) => Result | Promise<Result>,
    options: RetryOptions & SaveOptions = {},
  ): Promise<Result> {
    return this.store.retrying(async () => {
      const unit = new AggregateUnit(this.store);
      const result = await work(unit);
      await this.store.save(unit.aggregates, options);
      return result;
    }, options);
  }

  /** Stores aggregates that were loaded from their repositories, in one transaction. */
  save(aggregates: readonly EventSourced[], options?: SaveOptions): Promise<void> {
    return this.store.save(aggregates, options);
  }
}
