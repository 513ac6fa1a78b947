import type { Clock } from '../../kernel/index.js';
import type { MessageEnvelope } from '../../messaging/index.js';
import type { CommitSignal } from '../core/commit-signal.js';
import type { PreparedMessage } from '../core/prepared-commit.js';
import { OutboxLeaseLostError } from '../errors/outbox-lease-lost.error.js';
import { isInForce } from '../outbox/lease-term.js';
import type {
  OutboxEntry,
  OutboxLease,
  OutboxSettlement,
  OutboxStorage,
  ParkedMessage,
} from '../outbox/outbox-storage.js';

type Row = { readonly id: number; readonly message: PreparedMessage };

/** The outbox of a memory store. Several relays may share it, as they may a file. */
export class MemoryOutboxStorage implements OutboxStorage {
  private readonly rows = new Map<number, Row>();
  private readonly reasons = new Map<number, string>();
  private lease: OutboxLease = { holder: '', epoch: 0, expiresAt: 0 };
  private last = 0;
  private timesUnparked = 0;

  constructor(
    private readonly clock: Clock,
    private readonly committed: CommitSignal,
  ) {}

  /** Part of a commit. */
  add(message: PreparedMessage): void {
    const id = ++this.last;
    this.rows.set(id, { id, message });
  }

  async acquire(holder: string, duration: number): Promise<OutboxLease> {
    const now = this.clock.now();
    if (this.lease.holder === holder) return this.extend(now + duration);
    if (isInForce(this.lease.expiresAt, now, duration)) return this.lease;
    this.lease = { holder, epoch: this.lease.epoch + 1, expiresAt: now + duration };
    return this.lease;
  }

  async renew(lease: OutboxLease, duration: number): Promise<OutboxLease> {
    this.assertHeld(lease);
    return this.extend(this.clock.now() + duration);
  }

  async release(lease: OutboxLease): Promise<void> {
    if (lease.epoch === this.lease.epoch) this.extend(0);
  }

  async pending(afterId: number, limit: number): Promise<OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const row of this.rows.values()) {
      if (row.id <= afterId || this.reasons.has(row.id)) continue;
      if (entries.length === limit) break;
      entries.push(toEntry(row));
    }
    return entries;
  }

  async parkedLanes(): Promise<readonly string[]> {
    const lanes = new Set<string>();
    for (const id of this.reasons.keys()) this.rows.get(id)?.message.lanes.forEach((lane) => lanes.add(lane));
    return [...lanes];
  }

  async settle(lease: OutboxLease, { published, parked }: OutboxSettlement): Promise<void> {
    this.assertHeld(lease);
    for (const id of published) {
      this.rows.delete(id);
      this.reasons.delete(id);
    }
    for (const { id, reason } of parked) if (this.rows.has(id)) this.reasons.set(id, reason);
  }

  async lastId(): Promise<number> {
    return this.last;
  }

  async countPending(throughId = Infinity): Promise<number> {
    let count = 0;
    for (const id of this.rows.keys()) if (id <= throughId && !this.reasons.has(id)) count++;
    return count;
  }

  async parked(): Promise<ParkedMessage[]> {
    return Array.from(this.rows.values()).flatMap((row) => {
      const reason = this.reasons.get(row.id);
      return reason === undefined ? [] : [{ ...toEntry(row), reason }];
    });
  }

  async unpark(): Promise<number> {
    const { size } = this.reasons;
    this.reasons.clear();
    this.timesUnparked += 1;
    this.committed.ring();
    return size;
  }

  async unparkings(): Promise<number> {
    return this.timesUnparked;
  }

  listen(listener: () => void): () => void {
    return this.committed.listen(listener);
  }

  private assertHeld(lease: OutboxLease): void {
    if (lease.epoch !== this.lease.epoch) throw new OutboxLeaseLostError(lease.holder);
  }

  private extend(expiresAt: number): OutboxLease {
    this.lease = { ...this.lease, expiresAt };
    return this.lease;
  }
}

function toEntry({ id, message }: Row): OutboxEntry {
  const { text, ...rest } = message;
  return { id, ...rest, envelope: JSON.parse(text) as MessageEnvelope };
}
