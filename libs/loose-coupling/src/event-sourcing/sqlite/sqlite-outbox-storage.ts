import type { Clock } from '../../kernel/index.js';
import type { MessageEnvelope } from '../../messaging/index.js';
import type { SqliteDatabase } from '../../sqlite/index.js';
import type { CommitSignal } from '../core/commit-signal.js';
import type { PreparedMessage } from '../core/prepared-commit.js';
import { OutboxLeaseLostError } from '../errors/outbox-lease-lost.error.js';
import type {
  OutboxEntry,
  OutboxLease,
  OutboxSettlement,
  OutboxStorage,
  ParkedMessage,
} from '../outbox/outbox-storage.js';
import { isInForce } from '../outbox/lease-term.js';
import { holderIsGone } from '../outbox/relay-identity.js';
import type { GroupWriter } from './group-writer.js';

interface Row {
  readonly id: number;
  readonly kind: 'event' | 'command';
  readonly destination: string;
  readonly fifo: number;
  readonly due_at: number | null;
  readonly lanes: string;
  readonly envelope: string;
}
type ParkedRow = Row & { readonly parked_reason: string };
type LeaseRow = { readonly holder: string; readonly epoch: number; readonly expires_at: number };

/** The outbox in the file of the event store. Writes join the transactions of the commits made at the same time. */
export class SqliteOutboxStorage implements OutboxStorage {
  private readonly statements;

  constructor(
    database: SqliteDatabase,
    private readonly writer: GroupWriter,
    private readonly clock: Clock,
    private readonly committed: CommitSignal,
  ) {
    this.statements = prepareStatements(database);
  }

  /** Part of a transaction. */
  add(message: PreparedMessage): void {
    const { kind, destination, fifo, dueAt, lanes, text } = message;
    this.statements.insert.run(kind, destination, fifo ? 1 : 0, dueAt ?? null, JSON.stringify(lanes), text);
  }

  async acquire(holder: string, duration: number): Promise<OutboxLease> {
    // Looked at first, so that a relay in waiting does not write.
    const current = this.lease();
    if (this.isTaken(current, holder, duration)) return toLease(current);
    return this.writer.run(() => {
      const lease = this.lease();
      if (this.isTaken(lease, holder, duration)) return toLease(lease);
      const epoch = lease.holder === holder ? lease.epoch : lease.epoch + 1;
      return this.hold({ holder, epoch, expiresAt: this.clock.now() + duration });
    });
  }

  renew(lease: OutboxLease, duration: number): Promise<OutboxLease> {
    return this.writer.run(() => {
      this.assertHeld(lease);
      return this.hold({ ...lease, expiresAt: this.clock.now() + duration });
    });
  }

  release(lease: OutboxLease): Promise<void> {
    return this.writer.run(() => {
      if (this.lease().epoch === lease.epoch) this.hold({ ...lease, expiresAt: 0 });
    });
  }

  async pending(afterId: number, limit: number): Promise<OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const row of this.statements.pending.all(afterId, limit)) {
      try {
        entries.push(toEntry(row));
      } catch (error) {
        // What comes before it can leave; then it is the first, and nothing goes on without it.
        if (entries.length === 0) throw error;
        break;
      }
    }
    return entries;
  }

  async parkedLanes(): Promise<readonly string[]> {
    const lanes = new Set<string>();
    for (const row of this.statements.parkedLanes.all()) {
      for (const lane of JSON.parse(row.lanes) as string[]) lanes.add(lane);
    }
    return [...lanes];
  }

  settle(lease: OutboxLease, { published, parked }: OutboxSettlement): Promise<void> {
    return this.writer.run(() => {
      this.assertHeld(lease);
      for (const id of published) this.statements.remove.run(id);
      for (const { id, reason } of parked) this.statements.park.run(reason.replaceAll('\0', ''), id);
    });
  }

  async lastId(): Promise<number> {
    return this.statements.lastId.get()?.seq ?? 0;
  }

  async countPending(throughId: number = Number.MAX_SAFE_INTEGER): Promise<number> {
    return this.statements.count.get(throughId)?.count ?? 0;
  }

  async parked(): Promise<ParkedMessage[]> {
    return this.statements.parked.all().map((row) => ({ ...toEntry(row), reason: row.parked_reason }));
  }

  async unpark(): Promise<number> {
    const { changes } = await this.writer.run(() => {
      this.statements.countUnparking.run();
      return this.statements.unpark.run();
    });
    this.committed.ring();
    return changes;
  }

  async unparkings(): Promise<number> {
    return this.statements.unparkings.get()?.unparkings ?? 0;
  }

  listen(listener: () => void): () => void {
    return this.committed.listen(listener);
  }

  private lease(): LeaseRow {
    return this.statements.lease.get() ?? { holder: '', epoch: 0, expires_at: 0 };
  }

  private isTaken(lease: LeaseRow, holder: string, duration: number): boolean {
    return (
      lease.holder !== holder && isInForce(lease.expires_at, this.clock.now(), duration) && !holderIsGone(lease.holder)
    );
  }

  private assertHeld(lease: OutboxLease): void {
    if (this.lease().epoch !== lease.epoch) throw new OutboxLeaseLostError(lease.holder);
  }

  private hold(lease: OutboxLease): OutboxLease {
    this.statements.hold.run(lease.holder, lease.epoch, lease.expiresAt);
    return lease;
  }
}

const COLUMNS = 'id, kind, destination, fifo, due_at, lanes, envelope';

const prepareStatements = (database: SqliteDatabase) => ({
  insert: database.prepare(
    'INSERT INTO lc_outbox (kind, destination, fifo, due_at, lanes, envelope) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  pending: database.prepare<Row>(
    `SELECT ${COLUMNS} FROM lc_outbox WHERE id > ? AND parked_reason IS NULL ORDER BY id LIMIT ?`,
  ),
  remove: database.prepare('DELETE FROM lc_outbox WHERE id = ?'),
  park: database.prepare('UPDATE lc_outbox SET parked_reason = ? WHERE id = ?'),
  unpark: database.prepare('UPDATE lc_outbox SET parked_reason = NULL WHERE parked_reason IS NOT NULL'),
  parked: database.prepare<ParkedRow>(
    `SELECT ${COLUMNS}, parked_reason FROM lc_outbox WHERE parked_reason IS NOT NULL ORDER BY id`,
  ),
  parkedLanes: database.prepare<{ lanes: string }>(
    'SELECT DISTINCT lanes FROM lc_outbox WHERE parked_reason IS NOT NULL',
  ),
  count: database.prepare<{ count: number }>(
    'SELECT COUNT(*) AS count FROM lc_outbox WHERE id <= ? AND parked_reason IS NULL',
  ),
  lastId: database.prepare<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'lc_outbox'"),
  lease: database.prepare<LeaseRow>('SELECT holder, epoch, expires_at FROM lc_outbox_lease'),
  unparkings: database.prepare<{ unparkings: number }>('SELECT unparkings FROM lc_outbox_lease'),
  countUnparking: database.prepare('UPDATE lc_outbox_lease SET unparkings = unparkings + 1'),
  hold: database.prepare('UPDATE lc_outbox_lease SET holder = ?, epoch = ?, expires_at = ?'),
});

const toLease = ({ holder, epoch, expires_at }: LeaseRow): OutboxLease => ({ holder, epoch, expiresAt: expires_at });

const toEntry = (row: Row): OutboxEntry => ({
  id: row.id,
  kind: row.kind,
  destination: row.destination,
  fifo: row.fifo === 1,
  envelope: JSON.parse(row.envelope) as MessageEnvelope,
  ...(row.due_at !== null && { dueAt: row.due_at }),
  lanes: JSON.parse(row.lanes) as string[],
});
