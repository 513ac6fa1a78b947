import { Inject } from '@nestjs/common';
import { Clock, type FaultList } from '../../kernel/index.js';
import { EventStore } from '../core/event-store.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import type { Feature } from '../feature/aggregate-feature.token.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { Snapshots } from '../snapshots/snapshots.js';
import { StreamLoader } from '../snapshots/stream-loader.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import { DeciderRepository } from './decider-repository.js';
import { isDecider } from './define-decider.js';

const tokens = new WeakMap<object, symbol>();

/** Token of the repository of a decider, for `moduleRef.get` and test overrides. */
export function getDeciderToken(decider: { readonly category: string }): symbol {
  let token = tokens.get(decider);
  if (!token) tokens.set(decider, (token = Symbol(`DeciderRepository<${decider.category}>`)));
  return token;
}

/** Injects the `DeciderRepository` of a decider. */
export const InjectDecider = (decider: { readonly category: string }) => Inject(getDeciderToken(decider));

/** What a decider brings along: its repository, checked against all others when the application starts. */
export function deciderFeature(decider: { readonly category: string }, faults: FaultList): Feature {
  if (!isDecider(decider)) {
    faults.add('deciders', 'what defineDecider() makes', decider);
    return { providers: [], exports: [] };
  }
  const token = getDeciderToken(decider);
  const owner = { name: `the decider ${decider.category}` };
  return {
    providers: [
      {
        provide: token,
        useFactory: (
          events: EventStore,
          messages: OutgoingMessageFactory,
          clock: Clock,
          upcasters: EventUpcasters,
          snapshots: Snapshots,
          types: EventTypeRegistry,
        ) => {
          types.registerNames(decider.category, owner, decider.events);
          const streams = new StreamLoader(events, upcasters, snapshots);
          return new DeciderRepository(decider, { events, streams, snapshots, messages, clock });
        },
        inject: [EventStore, OutgoingMessageFactory, Clock, EventUpcasters, Snapshots, EventTypeRegistry],
      },
    ],
    exports: [token],
  };
}
