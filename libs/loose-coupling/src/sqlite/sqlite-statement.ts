import type { SqliteValue } from './sqlite-value.js';

export interface RunResult {
  /** Rows inserted, updated or deleted. */
  readonly changes: number;
  readonly lastInsertRowid: number;
}

/**
 * A prepared statement. Numbers are bound as SQLite REAL and become integers in columns with INTEGER affinity; where
 * there is no column (`SELECT ? / 2`), bind a bigint or CAST. There is no row-by-row iteration on purpose: a read left
 * half-way pins the connection to an old state of the database and fails its transactions. Page with LIMIT instead.
 */
export interface SqliteStatement<Row> {
  /** The first row. */
  get(...values: SqliteValue[]): Row | undefined;
  all(...values: SqliteValue[]): Row[];
  /** For statements that return no rows; refuses others with a TypeError. */
  run(...values: SqliteValue[]): RunResult;
}
