import type { FaultList } from '../../kernel/index.js';
import type { Feature } from '../feature/aggregate-feature.token.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { eventClassesOf, followEvents } from './event-inputs.js';
import { messageInputsOf } from './message-inputs.js';
import { readProcessManager, type ProcessManagerClass } from './process-manager-model.js';
import { ProcessManagers } from './process-managers.js';

/** What a process manager brings along: itself, and the handlers of its messages. */
export function processManagerFeature(owner: ProcessManagerClass, faults: FaultList): Feature {
  const model = readProcessManager(owner, faults);
  if (!model) return { providers: [], exports: [] };
  const inputs = messageInputsOf(model);
  return {
    providers: [
      owner,
      {
        provide: inputs,
        useFactory: (
          managers: ProcessManagers,
          subscriptions: PersistentSubscriptions,
          types: EventTypeRegistry,
          instance: object,
        ) => {
          const manager = managers.register(model, instance);
          types.registerEvents(`@ProcessManager ${owner.name}`, eventClassesOf(model));
          followEvents(manager, subscriptions);
          return new inputs(manager);
        },
        inject: [ProcessManagers, PersistentSubscriptions, EventTypeRegistry, owner],
      },
    ],
    exports: [owner],
  };
}
