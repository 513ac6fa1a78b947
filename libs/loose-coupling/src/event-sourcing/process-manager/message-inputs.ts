import { OnCommand, OnEvent, type MessageContext, type OnEventOptions } from '../../messaging/index.js';
import type { ContinuedByOptions } from './process-handler.decorators.js';
import type { ProcessManagerModel } from './process-manager-model.js';
import type { RegisteredProcessManager } from './registered-process-manager.js';

type Inputs = new (manager: RegisteredProcessManager) => object;

/** Not a name: a method may have any. */
const MANAGER = Symbol('manager');

const made = new WeakMap<object, Inputs>();

/**
 * The class whose methods receive a manager's messages, under the manager's name and with its methods' names: the
 * methods themselves take a `Process`, and are left as they are for whoever calls them in a test.
 */
export function messageInputsOf(model: ProcessManagerModel): Inputs {
  let inputs = made.get(model.owner);
  if (!inputs) made.set(model.owner, (inputs = makeInputs(model)));
  return inputs;
}

function makeInputs(model: ProcessManagerModel): Inputs {
  class MessageInputs {
    readonly [MANAGER]: RegisteredProcessManager;

    constructor(manager: RegisteredProcessManager) {
      this[MANAGER] = manager;
    }
  }
  Object.defineProperty(MessageInputs, 'name', { value: model.owner.name });
  for (const { method, source, options } of model.inputs.values()) {
    const descriptor = Object.getOwnPropertyDescriptor(MessageInputs.prototype, method) ?? {
      value(this: MessageInputs, data: unknown, context: MessageContext): Promise<void> {
        return this[MANAGER].handleMessage(context.type, data, JSON.stringify([context.source, context.id]));
      },
      configurable: true,
      writable: true,
    };
    Object.defineProperty(MessageInputs.prototype, method, descriptor);
    const decorate =
      source.kind === 'command' ? OnCommand(source, handlerOptions(options)) : OnEvent(source, handlerOptions(options));
    decorate(MessageInputs.prototype, method, descriptor as TypedPropertyDescriptor<never>);
  }
  return MessageInputs;
}

function handlerOptions({ ifNotStarted: _own, ...options }: ContinuedByOptions): OnEventOptions {
  return options;
}
