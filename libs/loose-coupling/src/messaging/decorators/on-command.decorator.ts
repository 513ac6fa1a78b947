import { handlerDecorator, type HandlerDecorator } from './handler-metadata.js';
import type { MessageHandlerOptions } from './handler-options.js';
import type { MessageContract } from '../contracts/message-contract.js';
import type { DataOf } from './message-reference.js';

/**
 * Handles a command: a message with one receiver. Commands arrive on the queue of their contract.
 * A service may have one handler of a command; a second one is refused at start.
 */
export function OnCommand<const Command extends MessageContract>(
  command: Command,
  options: MessageHandlerOptions = {},
): HandlerDecorator<DataOf<Command>> {
  return handlerDecorator([{ kind: 'command', reference: command, options }]);
}
