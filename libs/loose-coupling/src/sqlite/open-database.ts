import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseBusyError } from './errors/database-busy.error.js';
import { DatabaseOpenError } from './errors/database-open.error.js';
import { openDriver } from './open-driver.js';
import { migrate, type Migrations } from './migrations.js';
import { SqliteDatabase } from './sqlite-database.js';

export interface OpenDatabaseOptions {
  /** Path, or `:memory:`. Missing folders are made. See `resolveDataFile` for names. */
  readonly file: string;
  /**
   * `normal` (default): a commit survives the death of the process; the last ones may be lost when the machine loses
   * power. `full`: they survive that too, at the price of a disk flush per commit.
   */
  readonly synchronous?: 'normal' | 'full';
  /** Longest wait for other writers, in milliseconds; it blocks the thread. Default 5000. */
  readonly busyTimeout?: number;
  readonly migrations?: Migrations | readonly Migrations[];
}

const WAL_ATTEMPTS = 50;

/**
 * Opens or creates a database in WAL mode, with foreign keys checked, and brings its tables up to date.
 * @throws {DatabaseOpenError} when the file cannot be opened
 * @throws {DatabaseVersionError} when the file was written by a newer version of the package
 * @throws {MissingPackageError} when the `libsql` package is not installed
 */
export function openDatabase(options: OpenDatabaseOptions): SqliteDatabase {
  const database = connect(options.file);
  try {
    database.setBusyTimeout(options.busyTimeout ?? 5000);
    enterWalMode(database);
    database.exec(`PRAGMA synchronous = ${options.synchronous === 'full' ? 'FULL' : 'NORMAL'}`);
    database.exec('PRAGMA foreign_keys = ON');
    for (const migrations of [options.migrations ?? []].flat()) migrate(database, migrations);
    return database;
  } catch (error) {
    database.close();
    if (isNotADatabase(error)) throw new DatabaseOpenError(options.file, { cause: error });
    throw error;
  }
}

function connect(file: string): SqliteDatabase {
  const Connection = openDriver();
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    return new SqliteDatabase(file, new Connection(file));
  } catch (error) {
    throw new DatabaseOpenError(file, { cause: error });
  }
}

/** The switch to WAL fails at once when another process is switching too; the busy timeout does not cover it. */
function enterWalMode(database: SqliteDatabase): void {
  for (let attempt = 1; ; attempt++) {
    try {
      database.prepare('PRAGMA journal_mode = WAL').get();
      return;
    } catch (error) {
      if (!(error instanceof DatabaseBusyError) || attempt === WAL_ATTEMPTS) throw error;
      // Taking the write lock does wait, until the other is done.
      database.transaction(() => undefined);
    }
  }
}

const isNotADatabase = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'SQLITE_NOTADB';
