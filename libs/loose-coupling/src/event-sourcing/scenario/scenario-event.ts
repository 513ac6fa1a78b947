import { uuidv7 } from '../../kernel/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { eventTypeOf } from '../event-types/event-type.decorator.js';

/** An instance of a class with `@EventType`, in a stream of its own choice where that matters. */
export type ScenarioEvent = object | { readonly event: object; readonly stream: string };

/** The event as a store gives it. @throws {TypeError} when its class has no `@EventType` */
export function toEnvelope(given: ScenarioEvent, stream: string, position: number, now: number): EventEnvelope {
  const { event, stream: streamName } = 'event' in given && 'stream' in given ? given : { event: given, stream };
  const type = eventTypeOf((event as object).constructor);
  if (!type)
    throw new TypeError(`Expected instances of classes with @EventType, got ${(event as object).constructor.name}.`);
  return {
    id: uuidv7(now),
    streamName: streamName as string,
    version: position,
    position,
    type: type.name,
    schemaVersion: type.version,
    data: frozenCopy(event, `data of ${type.name}`),
    metadata: {},
    recordedAt: now,
  };
}
