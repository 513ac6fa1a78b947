import { handlerDecorator, type HandlerDecorator } from './handler-metadata.js';
import type { OnEventOptions } from './handler-options.js';
import type { EventReference } from '../contracts/to-event-contract.js';
import type { DataOf } from './message-reference.js';

/**
 * Handles an event on a method of any provider or controller. Resolving acknowledges the event; throwing has it
 * handed out again with growing waits, and after the last attempt it goes to the dead-letter queue with the reason.
 *
 * Takes what `@OnEvent` of @nestjs/event-emitter takes (a name or symbol), a contract, or a list of either: each
 * listed event is handled. May be repeated.
 *
 * @example
 * ```ts
 * @OnEvent(OrderPlaced, { queue: 'reservations', concurrency: 20 })
 * async reserve(order: EventOf<typeof OrderPlaced>, context: MessageContext) { … }
 * ```
 */
export function OnEvent<const Event extends EventReference>(
  event: Event | readonly Event[],
  options: OnEventOptions = {},
): HandlerDecorator<DataOf<Event>> {
  const events: readonly EventReference[] = Array.isArray(event) ? event : [event as Event];
  return handlerDecorator(events.map((reference) => ({ kind: 'event', reference, options })));
}

/** The same as `OnEvent`, for files that also import the one of @nestjs/event-emitter. */
export const OnIntegrationEvent = OnEvent;
