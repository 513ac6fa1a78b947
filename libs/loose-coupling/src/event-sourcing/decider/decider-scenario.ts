import { validateData } from '../../messaging/index.js';
import { frozenCopy } from '../core/frozen-copy.js';
import type { PlayedScenario, ScenarioSubject } from '../scenario/scenario-subject.js';
import { decide } from './decide.js';
import type { DeciderEvent, DeciderOptions } from './decider.js';

/** Gives a decider a history and a command; events go through the form in which they are stored. */
export function deciderScenario<State, Command, Event extends DeciderEvent>(
  decider: DeciderOptions<State, Command, Event>,
  id: string,
): ScenarioSubject<Event, Command> {
  return {
    name: decider.category,
    async play(given, command): Promise<PlayedScenario> {
      let state = decider.initialState();
      for (const event of given) state = decider.evolve(state, stored(event));
      try {
        const decision = await decide(decider, id, command, state);
        for (const event of decision.events) stored(event);
        for (const { contract, data } of decision.messages) {
          await validateData(contract.schema, data, `data of ${contract.name}`);
        }
        return decision;
      } catch (error) {
        return { events: [], messages: [], state, failure: { error } };
      }
    },
  };
}

const stored = <Event extends DeciderEvent>(event: Event): Event => ({
  ...event,
  data: frozenCopy(event.data, `data of ${event.type}`),
});
