import type { RemoteFailure } from '../errors/remote.error.js';

/** Data of the message that answers a request. */
export type ReplyData =
  { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly error: RemoteFailure };

/** From an untrusted message; nothing when it is no reply. */
export function readReply(data: unknown): ReplyData | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { ok, error } = data as { ok?: unknown; error?: unknown };
  const fits = ok === true || (ok === false && typeof error === 'object' && error !== null);
  return fits ? (data as ReplyData) : undefined;
}
