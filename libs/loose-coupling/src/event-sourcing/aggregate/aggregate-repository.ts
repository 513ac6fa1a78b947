import { AggregateNotFoundError } from '../errors/aggregate-not-found.error.js';
import type { RetryOptions } from '../commands/retry-conflicts.js';
import type { AggregateStore, SaveOptions } from './aggregate-store.js';
import type { AggregateClass, EventSourced } from './event-sourced.js';

export interface ExecuteOptions extends RetryOptions, SaveOptions {
  /** Work on a new aggregate when there is none yet. Default false. */
  readonly create?: boolean;
}

/**
 * Loads and saves the aggregates of one class. Injected by `@InjectAggregateRepository(Order)`; the class must be
 * listed in `forFeature({ aggregates })`.
 */
export class AggregateRepository<A extends EventSourced> {
  constructor(
    private readonly aggregateClass: AggregateClass<A>,
    private readonly store: AggregateStore,
  ) {}

  /** A new one, without events; nothing is stored. */
  create(id: string): A {
    return this.store.create(this.aggregateClass, id);
  }

  /** Resolves to undefined when there is none. */
  find(id: string): Promise<A | undefined> {
    return this.store.find(this.aggregateClass, id);
  }

  /** @throws {AggregateNotFoundError} when there is none */
  async load(id: string): Promise<A> {
    const aggregate = await this.find(id);
    if (!aggregate) throw new AggregateNotFoundError(this.aggregateClass.name, id);
    return aggregate;
  }

  async loadOrCreate(id: string): Promise<A> {
    return (await this.find(id)) ?? this.create(id);
  }

  /**
   * Stores uncommitted events and emitted messages, of several aggregates in one transaction.
   * @throws {WrongExpectedVersionError} when one was changed since it was loaded; nothing was stored
   */
  async save(aggregate: A | readonly A[], options?: SaveOptions): Promise<void> {
    await this.store.save(isList(aggregate) ? aggregate : [aggregate], options);
  }

  /**
   * Loads, works and saves; again from the start when somebody else has changed the aggregate meanwhile. So `work`
   * may run several times and must have no other effect.
   * @throws {AggregateNotFoundError} when there is none, and `create` is not set
   * @throws {WrongExpectedVersionError} when it was changed by others in every attempt
   */
  execute<Result>(
    id: string,
    work: (aggregate: A) => Result | Promise<Result>,
    options: ExecuteOptions = {},
  ): Promise<Result> {
    return this.store.retrying(async () => {
      const aggregate = await (options.create ? this.loadOrCreate(id) : this.load(id));
      const result = await work(aggregate);
      await this.store.save([aggregate], options);
      return result;
    }, options);
  }
}

const isList = <A>(value: A | readonly A[]): value is readonly A[] => Array.isArray(value);
