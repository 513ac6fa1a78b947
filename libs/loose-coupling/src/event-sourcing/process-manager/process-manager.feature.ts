import type { FaultList } from '../../kernel/index.js';
import type { Feature } from '../feature/aggregate-feature.token.js';
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
        useFactory: (managers: ProcessManagers, instance: object) => new inputs(managers.register(model, instance)),
        inject: [ProcessManagers, owner],
      },
    ],
    exports: [owner],
  };
}
