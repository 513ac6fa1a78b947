import type { SqliteDatabase } from '../../sqlite/index.js';
import { SnapshotStore, type Snapshot } from '../snapshots/snapshot-store.js';
import type { GroupWriter } from './group-writer.js';

interface Row {
  readonly version: number;
  readonly event_id: string;
  readonly state: string;
}

/** Snapshots in the file of the event store. */
export class SqliteSnapshotStore extends SnapshotStore {
  private readonly find;
  private readonly put;
  private readonly remove;

  constructor(
    database: SqliteDatabase,
    private readonly writer: GroupWriter,
  ) {
    super();
    this.find = database.prepare<Row>(
      'SELECT version, event_id, state FROM lc_snapshots WHERE stream = ? AND revision = ?',
    );
    this.put = database.prepare('INSERT OR REPLACE INTO lc_snapshots VALUES (?, ?, ?, ?, ?)');
    this.remove = database.prepare('DELETE FROM lc_snapshots WHERE stream = ?');
  }

  override async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    const row = this.find.get(streamName, revision);
    if (!row) return undefined;
    return { streamName, revision, version: row.version, eventId: row.event_id, state: JSON.parse(row.state) };
  }

  override async save({ streamName, revision, version, eventId, state }: Snapshot): Promise<void> {
    const text = JSON.stringify(state);
    await this.writer.run(() => void this.put.run(streamName, revision, version, eventId, text));
  }

  override async delete(streamName: string): Promise<void> {
    await this.writer.run(() => void this.remove.run(streamName));
  }
}
