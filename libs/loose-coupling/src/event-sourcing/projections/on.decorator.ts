import { InvalidOptionsError } from '../../kernel/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import { eventTypeOf, type EventClass } from '../event-types/event-type.decorator.js';
import type { DocumentEditor } from '../subscriptions/document-batch.js';
import type { SubscriptionContext } from '../subscriptions/subscription-parts.js';

export interface ProjectionContext<Value = unknown> extends Omit<SubscriptionContext, 'documents'> {
  /** The event as it is stored: stream, version, position, metadata. */
  readonly envelope: EventEnvelope;
  /** The read model. */
  readonly documents: DocumentEditor<Value>;
}

/** A method and the events it takes. */
export interface EventMethod {
  readonly type: string;
  /** When the method wants instances of it. */
  readonly event?: EventClass;
  readonly method: PropertyKey;
}

const KEY = Symbol.for('nestjs-loose-coupling:on');
type Marked = { [KEY]?: readonly EventMethod[] };
/** Only `value`: with the setter of a full descriptor a method without parameters would not fit. */
type Method<Event> = { readonly value?: (event: Event, context: ProjectionContext<never>) => unknown };

/**
 * Marks the method of a projection that takes an event: instances of a class with `@EventType`, or the data of a type.
 * @throws {InvalidOptionsError} when the class has no `@EventType`
 */
export function On<Event extends object>(
  event: EventClass<Event>,
): (prototype: object, method: PropertyKey, descriptor: Method<Event>) => void;
export function On<Data = never>(
  type: string,
): (prototype: object, method: PropertyKey, descriptor: Method<Data>) => void;
export function On(event: EventClass | string) {
  const type = typeof event === 'string' ? event : eventTypeOf(event)?.name;
  if (type === undefined || type === '') {
    throw new InvalidOptionsError('@On', [
      `expected a class with @EventType, or the type of an event; got ${nameOf(event)}`,
    ]);
  }
  return (prototype: object, method: PropertyKey): void => {
    const marked: EventMethod = { type, method, ...(typeof event !== 'string' && { event }) };
    Object.defineProperty(prototype, KEY, { value: [...eventMethodsOf(prototype), marked], configurable: true });
  };
}

const nameOf = (event: EventClass | string): string =>
  typeof event === 'function' ? event.name : JSON.stringify(event);

/** Those of the class and its parents. */
export const eventMethodsOf = (prototype: object): readonly EventMethod[] => (prototype as Marked)[KEY] ?? [];
