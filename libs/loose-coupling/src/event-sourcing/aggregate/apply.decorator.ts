import type { EventClass } from '../event-types/event-type.decorator.js';

/** A method and the event it takes. */
export interface Applier {
  readonly event: EventClass;
  readonly method: PropertyKey;
}

const KEY = Symbol.for('nestjs-loose-coupling:appliers');
type Marked = { [KEY]?: readonly Applier[] };
/** Only `value`: with the setter of a full descriptor a method without parameters would not fit. */
type Method<Event> = { readonly value?: (event: Event) => void };

/**
 * Marks the method of an aggregate that changes its state by an event, new or loaded. It must not fail and have no
 * other effect. The event class needs `@EventType`.
 */
export function Apply<Event extends object>(event: EventClass<Event>) {
  return (prototype: object, method: PropertyKey, _descriptor: Method<Event>): void => {
    const applier = { event: event as EventClass, method };
    Object.defineProperty(prototype, KEY, { value: [...appliersOf(prototype), applier], configurable: true });
  };
}

/** Those of the class and its parents. */
export const appliersOf = (prototype: object): readonly Applier[] => (prototype as Marked)[KEY] ?? [];
