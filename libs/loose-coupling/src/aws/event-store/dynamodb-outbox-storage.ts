import {
  holderIsGone,
  isInForce,
  type CommitSignal,
  type OutboxEntry,
  type OutboxLease,
  type OutboxSettlement,
  type OutboxStorage,
  type ParkedMessage,
  type PreparedMessage,
} from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import type { MessageEnvelope } from '../../messaging/index.js';
import type { FeedPage } from './feed-page.js';
import type { FeedPages } from './feed-pages.js';
import type { FeedReader, NumberedMessage } from './feed-reader.js';
import type { OutboxState, OutboxStateRecord } from './outbox-state.js';
import type { ParkedMessages, ParkedRecord } from './parked-messages.js';

export interface DynamoDbOutboxParts {
  readonly state: OutboxState;
  readonly parked: ParkedMessages;
  readonly pages: FeedPages;
  readonly feed: FeedReader;
  readonly clock: Clock;
  readonly committed: CommitSignal;
  /** Puts into the feed what is stored but not there yet. */
  readonly catchUp: () => Promise<void>;
  readonly ready: () => Promise<void>;
}

/** The outbox on the feed: messages lie in their commits; kept here is only how far they were published. */
export class DynamoDbOutboxStorage implements OutboxStorage {
  /** Where reading went on last: entries up to `id` lie on this page or before. */
  private cursor = { id: 0, page: 1, unparkings: 0 };

  constructor(private readonly parts: DynamoDbOutboxParts) {}

  async acquire(holder: string, duration: number): Promise<OutboxLease> {
    const { state, clock, ready } = this.parts;
    await ready();
    for (;;) {
      const current = await state.read();
      const { lease } = current;
      const isOurs = lease.holder === holder;
      if (!isOurs && isInForce(lease.expiresAt, clock.now(), duration) && !holderIsGone(lease.holder)) return lease;
      const epoch = isOurs ? lease.epoch : lease.epoch + 1;
      const taken = { holder, epoch, expiresAt: clock.now() + duration };
      if (await state.write({ ...current, lease: taken })) return taken;
    }
  }

  async renew(lease: OutboxLease, duration: number): Promise<OutboxLease> {
    const renewed = { ...lease, expiresAt: this.parts.clock.now() + duration };
    await this.parts.state.change(lease, (state) => ({ ...state, lease: renewed }));
    return renewed;
  }

  async release(lease: OutboxLease): Promise<void> {
    for (;;) {
      const state = await this.parts.state.read();
      if (state.lease.epoch !== lease.epoch) return;
      if (await this.parts.state.write({ ...state, lease: { ...lease, expiresAt: 0 } })) return;
    }
  }

  async pending(afterId: number, limit: number): Promise<OutboxEntry[]> {
    await this.parts.ready();
    const state = await this.parts.state.read();
    const found = await this.collect(state, afterId, limit);
    if (found.length >= limit) return found;
    await this.parts.catchUp();
    return this.collect(state, afterId, limit);
  }

  async parkedLanes(): Promise<readonly string[]> {
    return this.parts.parked.lanes();
  }

  async settle(lease: OutboxLease, { published, parked }: OutboxSettlement): Promise<void> {
    const { state } = this.parts;
    if (parked.length > 0) await this.setAside(lease, parked);
    await state.change(lease, async (current) => {
      // Not what was set aside: somebody may have unparked it by now.
      const settled = current.settled.with(published);
      return { ...current, settled, page: await this.pageOf(current.page, settled.through) };
    });
  }

  async lastId(): Promise<number> {
    await this.parts.ready();
    await this.parts.catchUp();
    return (await this.parts.pages.last())?.messages ?? 0;
  }

  async countPending(throughId: number = Number.MAX_SAFE_INTEGER): Promise<number> {
    const last = Math.min(await this.lastId(), throughId);
    const { settled } = await this.parts.state.read();
    return last - settled.countThrough(last);
  }

  async parked(): Promise<ParkedMessage[]> {
    await this.parts.ready();
    const parked = await this.parts.parked.all();
    return parked.map(({ reason, ...numbered }) => ({ ...toEntry(numbered), reason }));
  }

  async unpark(): Promise<number> {
    const count = await this.parts.parked.release(this.parts.state);
    this.parts.committed.ring();
    return count;
  }

  async unparkings(): Promise<number> {
    return (await this.parts.state.read()).unparkings;
  }

  listen(listener: () => void): () => void {
    return this.parts.committed.listen(listener);
  }

  private async collect(state: OutboxStateRecord, afterId: number, limit: number): Promise<OutboxEntry[]> {
    const after = Math.max(afterId, state.settled.through);
    const isWanted = (id: number) => id > after && !state.settled.has(id);
    const found: NumberedMessage[] = [];
    const { cursor } = this;
    // What another process has unparked since may lie on a page that was passed by.
    const isGood = after >= cursor.id && cursor.unparkings === state.unparkings;
    const start = isGood ? Math.max(cursor.page, state.page) : state.page;
    let page = await this.parts.pages.at(start);
    while (page && found.length < limit) {
      if (page.messages > after) {
        try {
          await this.parts.feed.messages(page, isWanted, limit - found.length, found);
        } catch (error) {
          // What comes before it can leave; then it is the first, and nothing goes on without it.
          if (found.length === 0) throw error;
          break;
        }
      }
      this.cursor = { id: Math.max(after, found.at(-1)?.id ?? 0), page: page.from, unparkings: state.unparkings };
      page = found.length < limit ? await this.parts.pages.after(page) : undefined;
    }
    return found.slice(0, limit).map(toEntry);
  }

  /** The page with the first message after `through`, from a page before it. */
  private async pageOf(from: number, through: number): Promise<number> {
    let page: FeedPage | undefined = await this.parts.pages.at(from);
    let start = from;
    while (page && page.messages <= through) {
      start = page.from;
      page = await this.parts.pages.after(page);
      if (page) start = page.from;
    }
    return start;
  }

  private async setAside(lease: OutboxLease, parked: OutboxSettlement['parked']): Promise<void> {
    const reasons = new Map(parked.map(({ id, reason }) => [id, reason]));
    const { page } = await this.parts.state.read();
    const records: ParkedRecord[] = [];
    let left = reasons.size;
    for (let at = await this.parts.pages.at(page); at && left > 0; at = await this.parts.pages.after(at)) {
      for (const { id, message } of await this.parts.feed.messages(at, (id) => reasons.has(id), left)) {
        records.push({ id, message, reason: reasons.get(id) ?? '' });
        left -= 1;
      }
    }
    await this.parts.parked.add(this.parts.state, lease, records);
  }
}

const toEntry = ({ id, message }: { readonly id: number; readonly message: PreparedMessage }): OutboxEntry => ({
  id,
  kind: message.kind,
  destination: message.destination,
  fifo: message.fifo,
  envelope: JSON.parse(message.text) as MessageEnvelope,
  ...(message.dueAt !== undefined && { dueAt: message.dueAt }),
  lanes: message.lanes,
});
