import { AggregateRoot } from '@nestjs/cqrs';
import type { MessageContract } from '../../messaging/index.js';
import { DetachedAggregateError } from '../errors/detached-aggregate.error.js';
import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import { AGGREGATE_FEATURE } from '../feature/aggregate-feature.token.js';
import { SCENARIO } from '../scenario/scenario-subject.js';
import { aggregateScenario } from './aggregate-scenario.js';
import { aggregateFeature } from './aggregate.feature.js';
import { aggregateModelOf } from './aggregate-model.js';
import { INTERNALS, type AggregateInternals, type EventSourced } from './event-sourced.js';

export interface EmitOptions {
  /** Milliseconds from the commit until it can be received. Default 0. Not for ordered contracts. */
  readonly delay?: number;
}

interface ApplyOptions {
  fromHistory?: boolean;
  skipHandler?: boolean;
}

/**
 * An aggregate whose state is the sum of its events. New facts go through `apply`, state changes only in methods
 * marked `@Apply(EventClass)` or named `on<ClassName>`. A subclass keeps the constructor `(id)`.
 *
 * @example
 * class Order extends EventSourcedAggregateRoot {
 *   status = 'new';
 *   place() { this.apply(new OrderWasPlaced()); this.emit(OrderPlaced, { orderId: this.id }); }
 *   @Apply(OrderWasPlaced) protected whenPlaced() { this.status = 'placed'; }
 * }
 */
export abstract class EventSourcedAggregateRoot<EventBase extends object = object>
  extends AggregateRoot<EventBase>
  implements EventSourced
{
  /** @internal How `forFeature` finds the repository without loading @nestjs/cqrs itself. */
  static readonly [AGGREGATE_FEATURE] = aggregateFeature;
  /** @internal How `given` finds what to play. */
  static readonly [SCENARIO] = aggregateScenario;

  /** @internal */
  readonly [INTERNALS]: AggregateInternals = {
    version: 0,
    messages: [],
    snapshotVersion: 0,
    bytesSince: 0,
  };

  constructor(readonly id: string) {
    super();
  }

  /** Version of the last stored event; 0 when it is new. Uncommitted events do not count. */
  get version(): number {
    return this[INTERNALS].version;
  }

  override get autoCommit(): boolean {
    return false;
  }

  /** Refused: events that are published as they are applied would never be stored. */
  override set autoCommit(value: boolean) {
    if (value) throw new TypeError('An event-sourced aggregate cannot commit by itself. Save it, or call commit().');
  }

  /**
   * Records a new fact and changes the state by it.
   * @throws {UnknownEventTypeError} when the event could not be loaded again
   */
  override apply<Event extends EventBase>(event: Event, isFromHistory?: boolean): void;
  override apply<Event extends EventBase>(event: Event, options?: ApplyOptions): void;
  override apply<Event extends EventBase>(event: Event, options: boolean | ApplyOptions = {}): void {
    const { fromHistory = false, skipHandler = false } =
      typeof options === 'boolean' ? { fromHistory: options } : options;
    if (!fromHistory) this.assertStorable(event);
    const before = this.getUncommittedEvents().length;
    try {
      super.apply(event, { fromHistory, skipHandler });
    } catch (error) {
      // What could not be applied must not be stored: it could never be loaded.
      this.getUncommittedEvents().splice(before);
      throw error;
    }
  }

  override loadFromHistory(history: EventBase[]): void {
    for (const event of history) super.apply(event, { fromHistory: true });
    this[INTERNALS].version += history.length;
  }

  /**
   * Stores the uncommitted events and emitted messages in one transaction. When that fails they are kept, and the
   * promise rejects.
   * @throws {WrongExpectedVersionError} when somebody else has changed the aggregate since it was loaded
   * @throws {DetachedAggregateError} when it belongs to no repository
   */
  override async commit(): Promise<void> {
    const { save, messages } = this[INTERNALS];
    if (save) return save();
    // Merged into the context of Nest's EventPublisher: there is no store, so the publisher takes its place.
    if (this.publishAll === AggregateRoot.prototype.publishAll || messages.length > 0) {
      throw new DetachedAggregateError(this.constructor.name, this.id);
    }
    const events = [...this.getUncommittedEvents()];
    const published: unknown = this.publishAll(events);
    await (Array.isArray(published) ? Promise.all(published) : published);
    this.getUncommittedEvents().splice(0, events.length);
  }

  /** Forgets the uncommitted events and messages. The state keeps what they changed: load it again. */
  override uncommit(): void {
    super.uncommit();
    this[INTERNALS].messages.length = 0;
  }

  /**
   * Sends a message if, and only if, the aggregate is saved: it is stored in the same transaction as the events and
   * published from the outbox. Validated on saving, which rejects with `InvalidMessageDataError`.
   */
  protected emit<Input>(
    contract: MessageContract<unknown, unknown, Input>,
    data: NoInfer<Input>,
    options: EmitOptions = {},
  ): void {
    this[INTERNALS].messages.push({ contract: contract as MessageContract, data, ...options });
  }

  protected override getEventHandler<Event extends EventBase>(event: Event) {
    const method = aggregateModelOf(this.constructor as EventClass).appliers.get(event.constructor as EventClass);
    if (method === undefined) return super.getEventHandler(event);
    return (this as unknown as Record<PropertyKey, ReturnType<AggregateRoot['getEventHandler']>>)[method];
  }

  private assertStorable(event: object): void {
    const { types } = aggregateModelOf(this.constructor as EventClass);
    if (types.has(event.constructor as EventClass)) return;
    throw UnknownEventTypeError.applied(this.constructor.name, event.constructor.name);
  }
}
