import { InvalidOptionsError } from '../../kernel/index.js';

/** A class whose instances are events. */
export type EventClass<Event extends object = object> = new (...args: never[]) => Event;

/** The name an event is stored under. */
export interface StoredEventType {
  readonly name: string;
  readonly version: number;
}

export interface EventTypeOptions {
  /** Version of the shape of the event; raise it when the shape changes. Default 1. */
  readonly version?: number;
}

const KEY = Symbol.for('nestjs-loose-coupling:event-type');
type Marked = { [KEY]?: StoredEventType };

/**
 * Gives an event class the name it is stored under, which must never change; the class may be renamed or minified.
 *
 * @example
 * @EventType('order.placed', { version: 1 })
 * export class OrderWasPlaced { constructor(readonly customerId: string) {} }
 * @throws {InvalidOptionsError} when name or version cannot be stored
 */
export function EventType(name: string, options: EventTypeOptions = {}): ClassDecorator {
  const { version = 1 } = options;
  const faults: string[] = [];
  if (typeof name !== 'string' || name.trim() === '') faults.push(`name: expected a text, got ${JSON.stringify(name)}`);
  if (!Number.isSafeInteger(version) || version < 1)
    faults.push(`version: expected a whole number above 0, got ${version}`);
  if (faults.length > 0) throw new InvalidOptionsError('@EventType', faults);
  return (target) => {
    Object.defineProperty(target, KEY, { value: Object.freeze({ name, version }), configurable: true });
  };
}

/** What `@EventType` of the class says. A subclass needs one of its own: it would be revived as its parent. */
export function eventTypeOf(eventClass: object): StoredEventType | undefined {
  return Object.hasOwn(eventClass, KEY) ? (eventClass as Marked)[KEY] : undefined;
}
