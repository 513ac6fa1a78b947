import { openDatabase, type Migrations, type SqliteDatabase } from '../../sqlite/index.js';
import { DamagedDataKeyError } from '../errors/damaged-data-key.error.js';
import type { DataKeyRecord, DataKeyStore, StoredDataKey, WrappedKey } from './data-key-store.js';

const MIGRATIONS: Migrations = {
  component: 'data-keys',
  steps: [
    `CREATE TABLE lc_data_keys (
      subject TEXT PRIMARY KEY NOT NULL,
      id TEXT,
      wrapped_by TEXT,
      wrapped TEXT,
      forgotten_at INTEGER
    ) STRICT, WITHOUT ROWID`,
  ],
};
const PAGE = 500;

interface Row {
  readonly id: string | null;
  readonly wrapped_by: string | null;
  readonly wrapped: string | null;
  readonly forgotten_at: number | null;
}

/**
 * Keys in an SQLite file of their own, which processes of one machine may share. What is deleted is overwritten, in
 * the file and in its log.
 */
export class SqliteDataKeyStore implements DataKeyStore {
  private readonly database: SqliteDatabase;
  private readonly statements;

  /** @throws {DatabaseOpenError} @throws {MissingPackageError} when `libsql` is not installed */
  constructor(options: { /** Path of the file, or `:memory:`. */ readonly file: string }) {
    // A key that was given out must not be lost with the power: what it encrypted would be.
    this.database = openDatabase({ file: options.file, synchronous: 'full', migrations: MIGRATIONS });
    this.database.exec('PRAGMA secure_delete = ON');
    const of = 'WHERE subject = ?';
    this.statements = {
      find: this.database.prepare<Row>(`SELECT id, wrapped_by, wrapped, forgotten_at FROM lc_data_keys ${of}`),
      add: this.database.prepare('INSERT OR IGNORE INTO lc_data_keys VALUES (?, ?, ?, ?, NULL)'),
      rewrap: this.database.prepare(
        `UPDATE lc_data_keys SET wrapped_by = ?, wrapped = ? ${of} AND wrapped = ? AND forgotten_at IS NULL`,
      ),
      forget: this.database.prepare(
        'INSERT INTO lc_data_keys VALUES (?, NULL, NULL, NULL, ?) ON CONFLICT DO UPDATE SET ' +
          'id = NULL, wrapped_by = NULL, wrapped = NULL, forgotten_at = COALESCE(forgotten_at, excluded.forgotten_at)',
      ),
      page: this.database.prepare<{ subject: string }>(
        'SELECT subject FROM lc_data_keys WHERE forgotten_at IS NULL AND subject > ? ORDER BY subject LIMIT ?',
      ),
      truncateLog: this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
    };
  }

  get(subject: string): DataKeyRecord | undefined {
    const row = this.statements.find.get(subject);
    if (!row) return undefined;
    const { id, wrapped_by: wrappedBy, wrapped, forgotten_at: forgottenAt } = row;
    if (forgottenAt !== null) return { forgottenAt };
    if (id === null || wrappedBy === null || wrapped === null)
      throw new DamagedDataKeyError('its record is incomplete');
    return { key: { id, wrappedBy, wrapped } };
  }

  add(subject: string, { id, wrappedBy, wrapped }: StoredDataKey): DataKeyRecord {
    return this.database.transaction(() => {
      this.statements.add.run(subject, id, wrappedBy, wrapped);
      return this.get(subject) as DataKeyRecord;
    });
  }

  rewrap(subject: string, from: StoredDataKey, to: WrappedKey): boolean {
    return this.statements.rewrap.run(to.wrappedBy, to.wrapped, subject, from.wrapped).changes === 1;
  }

  forget(subject: string, now: number): void {
    this.statements.forget.run(subject, now);
    // The log still has the page as it was. A reader in another process may hold it: the next one to forget tries again.
    this.statements.truncateLog.get();
  }

  async *subjects(): AsyncGenerator<string> {
    for (let after = ''; ;) {
      const page = this.statements.page.all(after, PAGE);
      for (const { subject } of page) yield subject;
      const last = page.at(-1);
      if (!last) return;
      after = last.subject;
    }
  }

  close(): void {
    this.database.close();
  }
}
