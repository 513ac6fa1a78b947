import { uuidv7, type Clock } from '../../kernel/index.js';
import type { SqliteDatabase } from '../../sqlite/index.js';
import type { CommitSignal } from '../core/commit-signal.js';
import { CheckpointBehindError } from '../errors/checkpoint-behind.error.js';
import { CheckpointLostError } from '../errors/checkpoint-lost.error.js';
import { isInForce } from '../outbox/lease-term.js';
import { holderIsGone } from '../outbox/relay-identity.js';
import {
  CheckpointStore,
  newCheckpoint,
  type Checkpoint,
  type CheckpointMove,
  type ParkedEvent,
  type ParkedRange,
} from '../subscriptions/checkpoint-store.js';
import type { GroupWriter } from './group-writer.js';
import { SqliteDocumentStore } from './sqlite-document-store.js';

/** Checkpoints in the file of the event store: one moves in the transaction that changes its read model. */
export class SqliteCheckpointStore extends CheckpointStore {
  override readonly documents: SqliteDocumentStore;
  private readonly statements;

  constructor(
    database: SqliteDatabase,
    private readonly writer: GroupWriter,
    private readonly clock: Clock,
    private readonly committed: CommitSignal,
  ) {
    super();
    this.documents = new SqliteDocumentStore(database, writer);
    this.statements = prepareStatements(database);
  }

  override async read(name: string): Promise<Checkpoint | undefined> {
    return this.find(name);
  }

  override async acquire(name: string, holder: string, duration: number, from = 0): Promise<Checkpoint> {
    // Looked at first, so that whoever waits does not write.
    const known = this.find(name);
    if (known && this.isTaken(known, holder, duration)) return known;
    return this.writer.run(() => {
      const current = this.find(name) ?? newCheckpoint(name, from);
      if (this.isTaken(current, holder, duration)) return current;
      const epoch = current.holder === holder ? current.epoch : current.epoch + 1;
      return this.store({ ...current, holder, epoch, expiresAt: this.clock.now() + duration });
    });
  }

  override renew(lease: Checkpoint, duration: number): Promise<Checkpoint> {
    return this.writer.run(() => this.store({ ...this.held(lease), expiresAt: this.clock.now() + duration }));
  }

  override release(lease: Checkpoint): Promise<void> {
    return this.writer.run(() => {
      const current = this.find(lease.name);
      if (current?.epoch === lease.epoch && current.holder === lease.holder) this.store({ ...current, expiresAt: 0 });
    });
  }

  override move(lease: Checkpoint, move: CheckpointMove): Promise<Checkpoint> {
    return this.writer.run(() => {
      const current = this.held(lease);
      if (current.position !== move.from) throw new CheckpointLostError(lease.name, lease.holder);
      const ahead = move.notBehind === undefined ? undefined : this.find(move.notBehind);
      if (ahead && ahead.position > move.to) throw new CheckpointBehindError(lease.name, ahead.name);
      this.documents.change(move.documents ?? []);
      for (const event of move.parked ?? []) this.park(lease.name, event);
      for (const position of move.unparked ?? []) this.statements.unpark.run(lease.name, position);
      return this.store({ ...current, position: move.to, recordedAt: move.recordedAt ?? current.recordedAt });
    });
  }

  override fits(): boolean {
    return true;
  }

  override async parked(name: string, { afterPosition = 0, limit = -1 }: ParkedRange = {}): Promise<ParkedEvent[]> {
    return this.statements.parked.all(name, afterPosition, limit).map((row) => ({ ...row, due: row.due === 1 }));
  }

  override async countParked(name: string): Promise<number> {
    return this.statements.countParked.get(name)?.count ?? 0;
  }

  override async replayParked(name: string, streams?: string | ReadonlySet<string>): Promise<number> {
    const count = await this.writer.run(() => {
      this.statements.countReplay.run(uuidv7(this.clock.now()), name);
      if (streams === undefined) return this.statements.replayAll.run(name).changes;
      let changes = 0;
      const names = typeof streams === 'string' ? [streams] : streams;
      for (const streamName of names) changes += this.statements.replayStream.run(name, streamName).changes;
      return changes;
    });
    this.committed.ring();
    return count;
  }

  override delete(name: string): Promise<void> {
    return this.writer.run(() => {
      this.statements.remove.run(name);
      this.statements.removeParked.run(name);
    });
  }

  private find(name: string): Checkpoint | undefined {
    const row = this.statements.find.get(name);
    if (!row) return undefined;
    const { position, recordedAt, holder, epoch, expiresAt, replays } = row;
    return { name, position, recordedAt, holder, epoch, expiresAt, replays };
  }

  private isTaken({ holder, expiresAt }: Checkpoint, by: string, duration: number): boolean {
    return holder !== by && isInForce(expiresAt, this.clock.now(), duration) && !holderIsGone(holder);
  }

  private held(lease: Checkpoint): Checkpoint {
    const current = this.find(lease.name);
    if (current?.epoch !== lease.epoch || current.holder !== lease.holder) {
      throw new CheckpointLostError(lease.name, lease.holder);
    }
    return current;
  }

  private store(checkpoint: Checkpoint): Checkpoint {
    const { name, position, recordedAt, holder, epoch, expiresAt, replays } = checkpoint;
    this.statements.store.run(name, position, recordedAt, holder, epoch, expiresAt, replays);
    return checkpoint;
  }

  private park(name: string, event: ParkedEvent): void {
    const { position, streamName, version, eventId, type, reason, parkedAt, due } = event;
    this.statements.park.run(name, position, streamName, version, eventId, type, reason, parkedAt, due ? 1 : 0);
  }
}

const prepareStatements = (database: SqliteDatabase) => ({
  find: database.prepare<Checkpoint>(
    'SELECT name, position, recorded_at AS recordedAt, holder, epoch, expires_at AS expiresAt, replays ' +
      'FROM lc_checkpoints WHERE name = ?',
  ),
  store: database.prepare('INSERT OR REPLACE INTO lc_checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)'),
  countReplay: database.prepare('UPDATE lc_checkpoints SET replays = ? WHERE name = ?'),
  remove: database.prepare('DELETE FROM lc_checkpoints WHERE name = ?'),
  parked: database.prepare<Omit<ParkedEvent, 'due'> & { readonly due: number }>(
    'SELECT position, stream AS streamName, version, event_id AS eventId, type, reason, parked_at AS parkedAt, due ' +
      // Minus one is no limit.
      'FROM lc_parked_events WHERE checkpoint = ? AND position > ? ORDER BY position LIMIT ?',
  ),
  countParked: database.prepare<{ readonly count: number }>(
    'SELECT COUNT(*) AS count FROM lc_parked_events WHERE checkpoint = ?',
  ),
  park: database.prepare('INSERT OR REPLACE INTO lc_parked_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
  unpark: database.prepare('DELETE FROM lc_parked_events WHERE checkpoint = ? AND position = ?'),
  removeParked: database.prepare('DELETE FROM lc_parked_events WHERE checkpoint = ?'),
  replayAll: database.prepare('UPDATE lc_parked_events SET due = 1 WHERE checkpoint = ?'),
  replayStream: database.prepare('UPDATE lc_parked_events SET due = 1 WHERE checkpoint = ? AND stream = ?'),
});
