import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import type { EventEnvelope, EventToAppend } from '../core/event-store.js';
import { eventKey, reviveEvent } from '../event-types/event-codec.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import type { StreamFold } from '../snapshots/stream-loader.js';
import { aggregateModelOf } from './aggregate-model.js';
import { INTERNALS, type AggregateClass, type EventSourced, type PendingMessage } from './event-sourced.js';

/** What an aggregate has that is not stored yet. */
export interface Pending {
  readonly aggregate: EventSourced;
  readonly streamName: string;
  readonly events: readonly object[];
  readonly messages: readonly PendingMessage[];
}

export const classOf = (aggregate: EventSourced): AggregateClass => aggregate.constructor as AggregateClass;

/** @throws {TypeError} when the id is no text */
export function streamNameOf(aggregateClass: AggregateClass, id: string): string {
  if (typeof id === 'string' && id !== '') return `${aggregateModelOf(aggregateClass).category}-${id}`;
  throw new TypeError(`The id of a ${aggregateClass.name} must be a text that is not empty, got ${String(id)}.`);
}

export const pendingOf = (aggregate: EventSourced): Pending => ({
  aggregate,
  streamName: streamNameOf(classOf(aggregate), aggregate.id),
  events: [...aggregate.getUncommittedEvents()],
  messages: [...aggregate[INTERNALS].messages],
});

/** @throws {UnknownEventTypeError} */
export function toStored(aggregate: EventSourced, event: object): EventToAppend {
  const eventClass = event.constructor as EventClass;
  const type = aggregateModelOf(classOf(aggregate)).types.get(eventClass);
  if (!type) throw UnknownEventTypeError.applied(aggregate.constructor.name, eventClass.name);
  return { type: type.name, schemaVersion: type.version, data: event };
}

/** What is pending is so no more. By identity, as the lists may have been emptied and filled meanwhile. */
export function settle({ aggregate, events, messages }: Pending): void {
  removeAll(aggregate.getUncommittedEvents(), events);
  removeAll(aggregate[INTERNALS].messages, messages);
  aggregate[INTERNALS].version += events.length;
}

function removeAll<Item>(list: Item[], stored: readonly Item[]): void {
  for (const item of stored) {
    const index = list.indexOf(item);
    if (index >= 0) list.splice(index, 1);
  }
}

/** Gives an aggregate the events of its stream. */
export class AggregateFold<A extends EventSourced> implements StreamFold<A> {
  private readonly history: object[] = [];
  private readonly classes: ReadonlyMap<string, EventClass>;

  constructor(
    private readonly aggregate: A,
    private readonly streamName: string,
  ) {
    this.classes = aggregateModelOf(classOf(aggregate)).events;
  }

  /** @throws {UnknownEventTypeError} */
  take({ type, schemaVersion, data }: EventEnvelope): void {
    const eventClass = this.classes.get(eventKey(type, schemaVersion));
    if (!eventClass) {
      const { name } = classOf(this.aggregate);
      throw UnknownEventTypeError.stored(name, this.streamName, type, schemaVersion, this.classes.keys());
    }
    this.history.push(reviveEvent(eventClass, data));
  }

  end(): A {
    this.aggregate.loadFromHistory(this.history);
    return this.aggregate;
  }
}
