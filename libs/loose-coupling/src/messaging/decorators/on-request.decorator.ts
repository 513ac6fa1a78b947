import type { MessageContract, ReplyOf } from '../contracts/message-contract.js';
import { handlerDecorator } from './handler-metadata.js';
import type { OnRequestOptions } from './handler-options.js';
import type { DataOf } from './message-reference.js';

/** Fits methods that accept the data and return the reply, or a promise or observable of it. */
export type RequestDecorator<Data, Reply> = <
  Method extends (data: Data, ...rest: never[]) => Reply | PromiseLike<Reply> | ObservableOf<Reply>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

interface ObservableOf<Value> {
  subscribe(next: (value: Value) => void): unknown;
}

/**
 * Answers `MessageBus.request`: what the method returns is the reply. A method that throws answers at once with the
 * error, which the caller gets as `RemoteError`; requests are not retried, unless it throws `RetryLater`.
 * A message that was sent rather than requested is handled as by `@OnCommand`.
 */
export function OnRequest<const Command extends MessageContract>(
  command: Command,
  options: OnRequestOptions = {},
): RequestDecorator<DataOf<Command>, ReplyOf<Command>> {
  return handlerDecorator([{ kind: 'request', reference: command, options }]);
}
