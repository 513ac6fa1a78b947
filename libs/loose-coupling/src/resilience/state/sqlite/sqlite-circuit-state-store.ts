import { statSync } from 'node:fs';
import {
  backoffDelay,
  type Clock,
  ClosedError,
  isLooseCouplingError,
  sleep,
  SystemClock,
} from '../../../kernel/index.js';
import { openDatabase, type SqliteDatabase } from '../../../sqlite/index.js';
import { CircuitStoreError } from '../../errors/circuit-store.error.js';
import { CircuitStateStore, type SharedCircuit } from '../circuit-state-store.js';
import { assertGenerationGrows, unwrittenCircuit } from '../shared-circuit.js';
import { CIRCUIT_STATE_MIGRATIONS } from './circuit-state.migrations.js';
import { CircuitTable } from './circuit-table.js';

export interface SqliteCircuitStateStoreOptions {
  /** Path of the file, which other components may share. */
  readonly file: string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/** Waits for the lock on the thread, in milliseconds: next to nothing, as calls of the application run there. */
const BUSY_TIMEOUT = 5;
/** And off the thread, between attempts. */
const BACKOFF = { initialDelay: 2, maxDelay: 100, jitter: 'equal' } as const;
const ATTEMPTS = 8;

interface Connection {
  readonly database: SqliteDatabase;
  readonly table: CircuitTable;
  readonly inode: number | undefined;
}

/**
 * Circuits in a file, shared by the processes of one machine. The file is opened with the first read or write, and
 * again after a failure, or when another one has taken its place.
 */
export class SqliteCircuitStateStore extends CircuitStateStore {
  private readonly file: string;
  private readonly clock: Clock;
  private connection: Connection | undefined;
  private closed = false;

  constructor({ file, clock = new SystemClock() }: SqliteCircuitStateStoreOptions) {
    super();
    this.file = file;
    this.clock = clock;
  }

  override read(names: readonly string[]): Promise<readonly SharedCircuit[]> {
    return this.run((table) => table.read(names));
  }

  override async write(circuit: SharedCircuit, expected: number): Promise<true | SharedCircuit> {
    assertGenerationGrows(circuit, expected);
    return this.run(
      (table) => table.write(circuit, expected) || (table.read([circuit.name])[0] ?? unwrittenCircuit(circuit.name)),
    );
  }

  override async close(): Promise<void> {
    this.closed = true;
    this.disconnect();
  }

  private async run<Result>(work: (table: CircuitTable) => Result): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.closed) throw new ClosedError('The circuit state store');
      try {
        return work(this.connect().table);
      } catch (error) {
        if (isLooseCouplingError(error, 'LC_MISSING_PACKAGE')) throw error;
        const busy = isLooseCouplingError(error, 'LC_DATABASE_BUSY');
        // Whatever else is wrong with a connection, a new one may be right.
        if (!busy) this.disconnect();
        if (!busy || attempt === ATTEMPTS) throw this.unusable(error);
        await sleep(this.clock, Math.ceil(backoffDelay(attempt, BACKOFF)));
      }
    }
  }

  private connect(): Connection {
    const inode = inodeOf(this.file);
    // A file that was deleted or replaced can still be written, and nobody else would see it.
    if (this.connection && this.connection.inode !== inode) this.disconnect();
    return (this.connection ??= this.open());
  }

  private open(): Connection {
    const database = openDatabase({
      file: this.file,
      busyTimeout: BUSY_TIMEOUT,
      migrations: CIRCUIT_STATE_MIGRATIONS,
    });
    return { database, table: new CircuitTable(database), inode: inodeOf(this.file) };
  }

  private disconnect(): void {
    const { connection } = this;
    this.connection = undefined;
    connection?.database.close();
  }

  private unusable(cause: unknown): CircuitStoreError {
    return new CircuitStoreError(
      `could not use the file "${this.file}"`,
      'Breakers go on without it until it can be used again; see the cause.',
      { cause },
    );
  }
}

/** Identity of what is at this path; undefined where there is none. */
const inodeOf = (file: string): number | undefined =>
  file === ':memory:' ? undefined : statSync(file, { throwIfNoEntry: false })?.ino;
