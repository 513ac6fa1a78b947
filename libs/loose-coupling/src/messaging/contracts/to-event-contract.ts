import { defineEvent } from './define-event.js';
import type { MessageContract } from './message-contract.js';

/** What `@OnEvent` takes; strings and symbols as @nestjs/event-emitter's decorator does. */
export type EventReference = string | symbol | MessageContract;

/**
 * The contract that is meant: a contract itself, or one without a schema for a name.
 * A symbol stands for its description, as a symbol itself cannot leave the process.
 * @throws {InvalidOptionsError} when the name cannot be that of an event, wildcards for example
 */
export function toEventContract(event: EventReference): MessageContract {
  if (typeof event === 'object') return event;
  return defineEvent(typeof event === 'symbol' ? (event.description ?? '') : event);
}

/** @throws {InvalidOptionsError} when the name cannot be that of an event */
export const eventNameOf = (event: EventReference): string => toEventContract(event).name;
