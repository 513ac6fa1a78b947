import { describeFailure, readReply as readReplyData, type RemoteFailure, type ReplyData } from '../messaging/index.js';

/** Attribute of a request whose sender takes several replies; any other gets the last value alone. */
export const REPLIES_ATTRIBUTE = 'lc-replies';
export const STREAM = 'stream';

/** How a failure travels: readable for a `MessageBus`, and as Nest has it for an `SqsClient`. */
export type RpcFailure = RemoteFailure & {
  /** What the exception filter made of the error: that of an `RpcException`, or Nest's `{ status, message }`. */
  readonly payload?: unknown;
};

/** Replies to one request are numbered, as a standard queue may hand them out in any order, and twice. */
export type RpcReply = ReplyData & {
  /** From 0. Default 0. */
  readonly index?: number;
  /** Further ones follow. Without it, the observable ends with this one. */
  readonly more?: true;
};

/** Nest's exception filters turn errors into plain objects and texts, which travel as they are. */
export function failureReply(error: unknown): { readonly ok: false; readonly error: RpcFailure } {
  if (error instanceof Error) return { ok: false, error: describeFailure(error) };
  return { ok: false, error: { errorType: 'RpcException', message: messageOf(error), payload: error } };
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : 'The handler failed';
}

/** From an untrusted message; nothing when it is no reply. */
export function readReply(data: unknown): RpcReply | undefined {
  const reply = readReplyData(data);
  const { index = 0 } = (reply ?? {}) as { index?: unknown };
  return Number.isSafeInteger(index) ? (reply as RpcReply | undefined) : undefined;
}
