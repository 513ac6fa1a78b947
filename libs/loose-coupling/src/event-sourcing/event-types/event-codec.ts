import type { EventClass } from './event-type.decorator.js';

/** How types and versions are looked up together. */
export const eventKey = (type: string, version: number): string => `${type}@${version}`;

/** An event again, from its stored data; its constructor does not run. */
export function reviveEvent<Event extends object>(eventClass: EventClass<Event>, data: unknown): Event {
  const event = Object.create(eventClass.prototype as object) as Record<string, unknown>;
  const properties = data as Readonly<Record<string, unknown>>;
  for (const key in properties) {
    if (key !== '__proto__' && Object.hasOwn(properties, key)) event[key] = properties[key];
  }
  return event as Event;
}
