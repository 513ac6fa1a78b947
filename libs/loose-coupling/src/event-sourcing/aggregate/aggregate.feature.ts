import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import type { Feature } from '../feature/aggregate-feature.token.js';
import { aggregateModelOf } from './aggregate-model.js';
import { AggregateRepository } from './aggregate-repository.js';
import { getAggregateRepositoryToken } from './aggregate-repository.token.js';
import { AggregateSession } from './aggregate-session.js';
import { AggregateStore } from './aggregate-store.js';
import type { AggregateClass } from './event-sourced.js';
import { LocalEvents } from './local-events.js';
import { UnhandledEvents } from './unhandled-events.js';

/** What an aggregate class brings along: its repository, checked against all others when the application starts. */
export function aggregateFeature(aggregate: AggregateClass): Feature {
  const token = getAggregateRepositoryToken(aggregate);
  return {
    providers: [
      LocalEvents,
      UnhandledEvents,
      AggregateStore,
      AggregateSession,
      {
        provide: token,
        useFactory: (store: AggregateStore, types: EventTypeRegistry) => {
          types.register(aggregateModelOf(aggregate));
          return new AggregateRepository(aggregate, store);
        },
        inject: [AggregateStore, EventTypeRegistry],
      },
    ],
    exports: [AggregateSession, token],
  };
}
