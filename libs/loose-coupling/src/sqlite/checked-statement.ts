import type { Driver } from './driver.cjs';
import type { RunResult, SqliteStatement } from './sqlite-statement.js';
import { assertBindable, type SqliteValue } from './sqlite-value.js';

type DriverStatement = ReturnType<InstanceType<Driver>['prepare']>;
type Attempt = <Result>(call: () => Result) => Result;

/** Keeps the driver's known traps away; each is told where it is avoided. */
export class CheckedStatement<Row> implements SqliteStatement<Row> {
  private readonly statement: DriverStatement;
  private readonly returnsRows: boolean;
  private first: DriverStatement | undefined;

  constructor(
    private readonly sql: string,
    private readonly compile: () => DriverStatement,
    private readonly attempt: Attempt,
  ) {
    this.statement = attempt(compile);
    this.returnsRows = this.statement.reader;
  }

  // The driver's get() resets the statement after a success only, its other calls only before: mixed, or after a
  // failure, get() would silently run with the old values. So get() has a statement of its own, dropped when it fails.
  get(...values: SqliteValue[]): Row | undefined {
    assertBindable(values, this.sql);
    return this.attempt(() => {
      const statement = (this.first ??= this.compile());
      this.first = undefined;
      const row = statement.get(values) as Row | undefined;
      this.first = statement;
      return row;
    });
  }

  // Values go to the driver as one array: a lone object would be taken for named parameters and abort the process.
  all(...values: SqliteValue[]): Row[] {
    assertBindable(values, this.sql);
    return this.attempt(() => this.statement.all(values)) as Row[];
  }

  run(...values: SqliteValue[]): RunResult {
    // The driver would stop at the first row and leave the read open.
    if (this.returnsRows) throw new TypeError(`"${this.sql}" returns rows; use get() or all() instead of run().`);
    assertBindable(values, this.sql);
    return this.attempt(() => this.statement.run(values)) as RunResult;
  }
}
