import 'reflect-metadata';
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
  for (const { method, source, options } of model.messages.values()) {
    const descriptor = Object.getOwnPropertyDescriptor(MessageInputs.prototype, method) ?? {
      value(this: MessageInputs, data: unknown, context: MessageContext): Promise<void> {
        return this[MANAGER].handleMessage(context.type, data, JSON.stringify([context.source, context.id]));
      },
      configurable: true,
      writable: true,
    };
    Object.defineProperty(MessageInputs.prototype, method, descriptor);
    copyDataType(model.owner.prototype as object, MessageInputs.prototype, method);
    const decorate =
      source.kind === 'command'
        ? OnCommand(source, commandOptions(options))
        : OnEvent(source, eventOptions(options, model));
    decorate(MessageInputs.prototype, method, descriptor as TypedPropertyDescriptor<never>);
  }
  return MessageInputs;
}

const PARAMETER_TYPES = 'design:paramtypes';

/** For the application's pipes, which look at the types of parameters. */
function copyDataType(from: object, to: object, method: string): void {
  const types = Reflect.getMetadata(PARAMETER_TYPES, from, method) as unknown[] | undefined;
  Reflect.defineMetadata(PARAMETER_TYPES, [types?.[0] ?? Object, Object], to, method);
}

function eventOptions(
  { ifNotStarted: _own, ...options }: ContinuedByOptions,
  { queue }: ProcessManagerModel,
): OnEventOptions {
  return { ...(queue !== undefined && { queue }), ...options };
}

/** A command has the queue of its contract. */
function commandOptions({ ifNotStarted: _own, ...options }: ContinuedByOptions): OnEventOptions {
  return options;
}
