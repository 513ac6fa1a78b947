import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import type { PlayedMessage } from '../scenario/scenario-subject.js';
import type { DeciderEvent, DeciderOptions } from './decider.js';

export interface Decision<State, Event> {
  readonly events: readonly Event[];
  /** After them. */
  readonly state: State;
  readonly messages: readonly PlayedMessage[];
}

/** @throws {UnknownEventTypeError} for an event that is not in `events` */
export async function decide<State, Command, Event extends DeciderEvent>(
  decider: DeciderOptions<State, Command, Event>,
  id: string,
  command: Command,
  before: State,
): Promise<Decision<State, Event>> {
  const decided = await decider.decide(command, before);
  const events: readonly Event[] = isList<Event>(decided) ? decided : [decided];
  let state = before;
  const messages: PlayedMessage[] = [];
  for (const event of events) {
    if (!Object.hasOwn(decider.events, event.type)) {
      throw UnknownEventTypeError.decided(decider.category, event.type, Object.keys(decider.events));
    }
    state = decider.evolve(state, event);
    messages.push(...(decider.messages?.(event, state, id) ?? []));
  }
  return { events, state, messages };
}

const isList = <Item>(value: Item | readonly Item[]): value is readonly Item[] => Array.isArray(value);
