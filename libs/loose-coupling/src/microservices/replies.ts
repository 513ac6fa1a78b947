import { lastValueFrom, type Observable } from 'rxjs';
import { batchesOf } from './batches-of.js';
import { failureReply, type RpcReply } from './rpc-reply.js';

/** What one requester gets: every value when it takes several replies, otherwise the last. */
export class Replies {
  private sent = 0;

  constructor(
    private readonly several: boolean,
    private readonly send: (replies: readonly RpcReply[]) => Promise<void>,
  ) {}

  /** Resolves when the end of `values` is on its way; rejects when they, or their sending, fail. */
  async complete(values: Observable<unknown>): Promise<void> {
    if (!this.several) {
      return this.send([{ ok: true, value: await lastValueFrom(values, { defaultValue: undefined }) }]);
    }
    for await (const batch of batchesOf(values)) {
      const replies = batch.values.map((value): RpcReply => ({ ok: true, value, ...this.number(), more: true }));
      await this.send(batch.last ? ended(replies, () => this.number()) : replies);
    }
  }

  fail(error: unknown): Promise<void> {
    return this.send([{ ...failureReply(error), ...this.number() }]);
  }

  private number(): { readonly index: number } {
    return { index: this.sent++ };
  }
}

/** The last value says that it is the last. Where there is none, a reply without a value does. */
function ended(replies: readonly RpcReply[], number: () => { readonly index: number }): readonly RpcReply[] {
  const last = replies.at(-1);
  if (!last) return [{ ok: true, ...number() }];
  const { more: _more, ...end } = last;
  return [...replies.slice(0, -1), end as RpcReply];
}
