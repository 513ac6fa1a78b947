import { AggregateNotFoundError } from '../errors/aggregate-not-found.error.js';
import type { AggregateStore } from './aggregate-store.js';
import type { AggregateClass, EventSourced } from './event-sourced.js';

/** What one run of `AggregateSession.execute` works on: each aggregate it hands out is saved at its end. */
export class AggregateUnit {
  private readonly loaded = new Map<AggregateClass, Map<string, Promise<EventSourced | undefined>>>();
  private readonly members = new Set<EventSourced>();

  constructor(private readonly store: AggregateStore) {}

  /** Resolves to undefined when there is none. Asking twice gives the same instance. */
  async find<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): Promise<A | undefined> {
    let ofClass = this.loaded.get(aggregateClass);
    if (!ofClass) this.loaded.set(aggregateClass, (ofClass = new Map()));
    const key = this.keyOf(id);
    let loading = ofClass.get(key);
    if (!loading) ofClass.set(key, (loading = this.store.find(aggregateClass, id)));
    const aggregate = (await loading) as A | undefined;
    return aggregate && this.add(aggregate);
  }

  /** @throws {AggregateNotFoundError} when there is none */
  async load<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): Promise<A> {
    const aggregate = await this.find(aggregateClass, id);
    if (!aggregate) throw new AggregateNotFoundError(aggregateClass.name, id);
    return aggregate;
  }

  async loadOrCreate<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): Promise<A> {
    const found = await this.find(aggregateClass, id);
    if (found) return found;
    const created = this.add(this.store.create(aggregateClass, id));
    this.loaded.get(aggregateClass)?.set(this.keyOf(id), Promise.resolve(created));
    return created;
  }

  /** Takes in an aggregate that came from elsewhere. */
  add<A extends EventSourced>(aggregate: A): A {
    this.members.add(aggregate);
    return aggregate;
  }

  /** Another tenant's is another one. */
  private keyOf(id: string): string {
    return JSON.stringify([this.store.tenant, id]);
  }

  /** @internal */
  get aggregates(): readonly EventSourced[] {
    return [...this.members];
  }
}
