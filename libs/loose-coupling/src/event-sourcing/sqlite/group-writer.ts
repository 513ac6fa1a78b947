import { backoffDelay, ClosedError, sleep, type Clock } from '../../kernel/index.js';
import { DatabaseBusyError, type SqliteDatabase } from '../../sqlite/index.js';

interface Entry {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Settlement = { readonly value: unknown } | { readonly error: unknown };

/** Keeps one transaction short, as it blocks the event loop and other processes. */
const MAX_GROUP = 128;
/** With the connection's own wait, some seconds in all. */
const BUSY_ATTEMPTS = 60;
const BUSY_BACKOFF = { initialDelay: 2, maxDelay: 100, jitter: 'equal' } as const;

/**
 * Runs works that were asked for in the same turn of the event loop in one transaction, each in a savepoint:
 * many callers share the price of one COMMIT, and one that fails undoes only its own work.
 */
export class GroupWriter {
  private waiting: Entry[] = [];
  private flushing: Promise<void> | undefined;
  private closed = false;
  private readonly savepoint;
  private readonly releaseSavepoint;
  private readonly rollbackToSavepoint;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly clock: Clock,
  ) {
    this.savepoint = database.prepare('SAVEPOINT work');
    this.releaseSavepoint = database.prepare('RELEASE work');
    this.rollbackToSavepoint = database.prepare('ROLLBACK TO work');
  }

  /**
   * Runs `work` in a transaction; resolves to its result once that is durable. `work` may run again when the
   * database was busy.
   * @throws {DatabaseBusyError} when another process held the file for seconds
   */
  run<Result>(work: () => Result): Promise<Result> {
    if (this.closed) return Promise.reject(new ClosedError('The event store'));
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.flushing ??= nextTurn().then(() => this.flush());
    });
  }

  /** Finishes what was asked for, and refuses the rest. */
  async close(): Promise<void> {
    this.closed = true;
    await this.flushing;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MAX_GROUP);
      await this.runGroup(group);
      if (this.waiting.length > 0) await nextTurn();
    }
    this.flushing = undefined;
  }

  private async runGroup(group: readonly Entry[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const settlements = this.database.transaction(() =>
          group.length === 1
            ? group.map(({ work }) => ({ value: work() }))
            : group.map(({ work }) => this.runGuarded(work)),
        );
        group.forEach((entry, index) => settle(entry, settlements[index] as Settlement));
        return;
      } catch (error) {
        if (!(error instanceof DatabaseBusyError) || attempt === BUSY_ATTEMPTS) {
          for (const entry of group) entry.reject(error);
          return;
        }
        await sleep(this.clock, backoffDelay(attempt, BUSY_BACKOFF));
      }
    }
  }

  private runGuarded(work: () => unknown): Settlement {
    this.savepoint.run();
    try {
      const value = work();
      this.releaseSavepoint.run();
      return { value };
    } catch (error) {
      // SQLite ends the whole transaction by itself on some errors (disk full): then nobody's work is stored.
      if (!this.database.inTransaction || error instanceof DatabaseBusyError) throw error;
      this.rollbackToSavepoint.run();
      this.releaseSavepoint.run();
      return { error };
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function settle(entry: Entry, settlement: Settlement): void {
  if ('error' in settlement) entry.reject(settlement.error);
  else entry.resolve(settlement.value as never);
}
