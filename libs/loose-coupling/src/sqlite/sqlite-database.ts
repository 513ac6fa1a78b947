import { ClosedError } from '../kernel/index.js';
import { CheckedStatement } from './checked-statement.js';
import type { Driver } from './driver.cjs';
import { NestedTransactionError } from './errors/nested-transaction.error.js';
import { translateError } from './sqlite-error.js';
import type { SqliteStatement } from './sqlite-statement.js';

type Connection = InstanceType<Driver>;

/** A synchronous connection to one SQLite file. Open one per component; several connections to one file are fine. */
export class SqliteDatabase {
  private closed = false;

  /** Use `openDatabase`. */
  constructor(
    readonly file: string,
    private readonly connection: Connection,
  ) {}

  get open(): boolean {
    return !this.closed;
  }

  get inTransaction(): boolean {
    return !this.closed && this.connection.inTransaction;
  }

  /** Sets the longest wait for other writers, in milliseconds; it blocks the thread. */
  setBusyTimeout(milliseconds: number): void {
    this.prepare(`PRAGMA busy_timeout = ${Math.max(0, Math.round(milliseconds))}`).get();
  }

  /** Compiles a statement for repeated use. `Row` is the caller's word for the shape of its rows. */
  prepare<Row = unknown>(sql: string): SqliteStatement<Row> {
    const compile = () => this.connection.prepare(sql);
    return new CheckedStatement<Row>(sql, compile, (call) => this.attempt(call));
  }

  /**
   * The same for a query whose rows come as arrays, in the order of its columns; where there are thousands, that takes
   * a quarter less time.
   */
  prepareTuples<Row extends readonly unknown[]>(sql: string): SqliteStatement<Row> {
    const compile = () => this.connection.prepare(sql).raw(true);
    return new CheckedStatement<Row>(sql, compile, (call) => this.attempt(call));
  }

  /** Runs one or more statements that take no values. */
  exec(sql: string): void {
    this.attempt(() => this.connection.exec(sql));
  }

  /**
   * Runs `work` between BEGIN IMMEDIATE and COMMIT; when it throws, everything it did is undone.
   * Waits for other writers up to `busyTimeout`, blocking the thread, so keep the work short.
   * @throws {DatabaseBusyError} when another writer did not finish in time
   * @throws {NestedTransactionError} inside another transaction of this connection
   * @throws {TypeError} when `work` returns a promise: the transaction would end before it settles
   */
  transaction<Result>(work: () => Result): Result {
    if (this.inTransaction) throw new NestedTransactionError(this.file);
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      if (isPromiseLike(result)) throw new TypeError('The work of a transaction must be synchronous; got a promise.');
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite rolls back by itself on some errors (disk full), after which ROLLBACK would hide the reason.
      if (this.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  /** Ends the connection; statements fail with `ClosedError` afterwards. Closing again does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.connection.close();
  }

  /** Runs a call of the driver on the open connection, with errors translated. */
  private attempt<Result>(call: () => Result): Result {
    // The driver goes on serving prepared statements of a closed connection.
    if (this.closed) throw new ClosedError(`The database "${this.file}"`);
    try {
      return call();
    } catch (error) {
      throw translateError(error, this.file);
    }
  }
}

const isPromiseLike = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
