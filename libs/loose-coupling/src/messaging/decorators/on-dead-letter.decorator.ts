import { handlerDecorator, type HandlerDecorator } from './handler-metadata.js';
import type { OnDeadLetterOptions } from './handler-options.js';
import type { MessageContract } from '../contracts/message-contract.js';
import type { DataOf } from './message-reference.js';

/**
 * Handles what was given up: the dead letters of a queue, or those of a contract. `context.deadLetter` says why.
 * Resolving removes the dead letter; throwing leaves it there, to be tried again with growing waits.
 *
 * @param source name of the original queue, or a contract: then the queue this service receives it from
 */
export function OnDeadLetter<const Source extends MessageContract | string>(
  source: Source,
  options: OnDeadLetterOptions = {},
): HandlerDecorator<DataOf<Source>> {
  return handlerDecorator([{ kind: 'deadLetter', reference: source, options }]);
}
