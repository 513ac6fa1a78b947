import { lastValueFrom, type Observable } from 'rxjs';
import { batchesOf } from './batches-of.js';
import { failureReply, type RpcReply } from './rpc-reply.js';

/** How far replies got: those before the first that failed are with the requester. */
export interface Sent {
  readonly accepted: number;
  readonly error?: unknown;
}

/** What one requester gets: every value when it takes several replies, otherwise the last. */
export class Replies {
  private accepted = 0;

  constructor(
    private readonly several: boolean,
    private readonly send: (replies: readonly RpcReply[]) => Promise<Sent>,
  ) {}

  /** Resolves when the end of `values` is on its way; rejects when they, or their sending, fail. */
  async complete(values: Observable<unknown>): Promise<void> {
    if (!this.several) {
      return this.put([{ ok: true, value: await lastValueFrom(values, { defaultValue: undefined }) }]);
    }
    for await (const batch of batchesOf(values)) {
      const replies = batch.values.map((value): RpcReply => ({ ok: true, value, more: true }));
      await this.put(batch.last ? ended(replies) : replies);
    }
  }

  fail(error: unknown): Promise<void> {
    return this.put([failureReply(error)]);
  }

  /** Numbers count what was accepted, so that a failure takes the place of the value that could not be sent. */
  private async put(replies: readonly RpcReply[]): Promise<void> {
    const numbered = replies.map((reply, at) => ({ ...reply, index: this.accepted + at }));
    const { accepted, error } = await this.send(numbered);
    this.accepted += accepted;
    if (accepted < replies.length) throw error;
  }
}

/** The last value says that it is the last. Where there is none, a reply without a value does. */
function ended(replies: readonly RpcReply[]): readonly RpcReply[] {
  const last = replies.at(-1);
  if (!last) return [{ ok: true }];
  const { more: _more, ...end } = last;
  return [...replies.slice(0, -1), end as RpcReply];
}
