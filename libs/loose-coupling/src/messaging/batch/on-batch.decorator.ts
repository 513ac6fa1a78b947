import type { MessageContract } from '../contracts/message-contract.js';
import { handlerDecorator } from '../decorators/handler-metadata.js';
import type { DataOf } from '../decorators/message-reference.js';
import type { BatchContext, BatchFailure, OnBatchOptions } from './batch-options.js';

type Result = void | readonly BatchFailure[];

/** Fits methods that take a list of the data, and return nothing or what failed. */
export type BatchDecorator<Data> = <
  Method extends (batch: readonly Data[], context: BatchContext) => Result | PromiseLike<Result>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Handles many messages of an event or command at once: as many as there are, up to `size`, not later than `maxWait` after the first. Each is
 * acknowledged by itself. The method returns those that failed, or throws them as `BatchFailedError`; they come again, each in a
 * batch of its own. Any other error fails all of them. On an ordered contract those of one key are in order, and what stands behind a failed
 * one of its key comes again after it, whatever the method did with it.
 *
 * Messages are handled at least once, and a message that comes twice has its effect twice: the inbox does not know batches. Recognise repeats
 * by the `id` of each of `context.messages`.
 */
export function OnBatch<const Contract extends MessageContract>(
  contract: Contract,
  options: OnBatchOptions = {},
): BatchDecorator<DataOf<Contract>> {
  const kind = (contract as MessageContract | undefined)?.kind === 'command' ? 'command' : 'event';
  return handlerDecorator([{ kind, reference: contract, options, batch: true }]);
}
