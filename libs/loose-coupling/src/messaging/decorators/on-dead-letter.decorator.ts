import type { MessageContract } from '../contracts/message-contract.js';
import { handlerDecorator, type HandlerDecorator } from './handler-metadata.js';
import type { OnDeadLetterOptions } from './handler-options.js';

/**
 * Handles what was given up: the dead letters of a queue, or those of one contract. `context.deadLetter` says why.
 * Resolving removes the dead letter; throwing leaves it there, to be tried again with growing waits.
 * The data is as it was sent and is not validated, as that may be what failed; what could not even be read arrives as text.
 *
 * @param source name of the original queue, or a contract: then the queues this service receives it from
 */
export function OnDeadLetter(
  source: MessageContract | string,
  options: OnDeadLetterOptions = {},
): HandlerDecorator<never> {
  return handlerDecorator([{ kind: 'deadLetter', reference: source, options }]);
}
