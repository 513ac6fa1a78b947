import { DatabaseVersionError } from './errors/database-version.error.js';
import type { SqliteDatabase } from './sqlite-database.js';

/** The tables of one component, as the ordered steps that made them. Never change a released step; add another. */
export interface Migrations {
  /** Name of the owner, e.g. `broker`. Components that share a file are versioned apart. */
  readonly component: string;
  /** SQL scripts; the version of a database is the number of steps applied. */
  readonly steps: readonly string[];
}

const CREATE_TABLE =
  'CREATE TABLE IF NOT EXISTS lc_migrations (component TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT';

/**
 * Applies the steps that are missing, all in one transaction, so processes that start together take turns and a crash
 * leaves the old version.
 * @throws {DatabaseVersionError} when the database is ahead of `steps`
 */
export function migrate(database: SqliteDatabase, migrations: Migrations): void {
  const target = migrations.steps.length;
  // Looked at first, so that the usual start does not wait for writers.
  if (hasMigrations(database) && versionOf(database, migrations) === target) return;
  database.transaction(() => {
    database.exec(CREATE_TABLE);
    const version = versionOf(database, migrations);
    if (version > target) throw new DatabaseVersionError(database.file, migrations.component, target, version);
    for (const step of migrations.steps.slice(version)) database.exec(step);
    database
      .prepare('INSERT INTO lc_migrations VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version')
      .run(migrations.component, target);
  });
}

const hasMigrations = (database: SqliteDatabase): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'lc_migrations'").get() !== undefined;

const versionOf = (database: SqliteDatabase, { component }: Migrations): number =>
  database.prepare<{ version: number }>('SELECT version FROM lc_migrations WHERE component = ?').get(component)
    ?.version ?? 0;
