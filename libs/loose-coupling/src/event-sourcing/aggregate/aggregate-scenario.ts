import { validateData } from '../../messaging/index.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import { reviveEvent } from '../event-types/event-codec.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import type { PlayedScenario, ScenarioSubject } from '../scenario/scenario-subject.js';
import { aggregateModelOf } from './aggregate-model.js';
import { INTERNALS, type AggregateClass, type EventSourced } from './event-sourced.js';

/** Runs a method of an aggregate that has a history; both go through the form in which events are stored. */
export function aggregateScenario<A extends EventSourced>(
  aggregateClass: AggregateClass<A>,
  id: string,
): ScenarioSubject<object, (aggregate: A) => unknown> {
  return {
    name: aggregateClass.name,
    async play(given, when): Promise<PlayedScenario> {
      const aggregate = new aggregateClass(id);
      aggregate.loadFromHistory(given.map((event) => storedAndLoaded(aggregateClass, event)));
      try {
        await when(aggregate);
        const events = [...aggregate.getUncommittedEvents()];
        for (const event of events) storedAndLoaded(aggregateClass, event);
        const messages = [...aggregate[INTERNALS].messages];
        for (const { contract, data } of messages) {
          await validateData(contract.schema, data, `data of ${contract.name}`);
        }
        return { events, messages, state: aggregate };
      } catch (error) {
        return { events: [], messages: [], state: aggregate, failure: { error } };
      }
    },
  };
}

function storedAndLoaded(aggregateClass: AggregateClass, event: object): object {
  const eventClass = event.constructor as EventClass;
  const type = aggregateModelOf(aggregateClass).types.get(eventClass);
  if (!type) throw UnknownEventTypeError.applied(aggregateClass.name, eventClass.name);
  return reviveEvent(eventClass, frozenCopy(event, `data of ${type.name}`));
}
