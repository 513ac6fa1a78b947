import type { Clock } from '../../kernel/index.js';
import type { BrokerStorage } from './broker-storage.js';
import { isBusy, retryWhileBusy } from './retry-while-busy.js';

interface Pending {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface CommitGroupOptions {
  readonly storage: BrokerStorage;
  readonly clock: Clock;
  /** Called after callers were told. Must not throw. */
  readonly committed: () => void;
  readonly rolledBack: () => void;
}

/** Runs writes in transactions. Where commits are dear, those that arrive in one turn of the event loop share one. */
export class CommitGroup {
  private pending: Pending[] = [];
  private flushing: Promise<void> | undefined;

  constructor(private readonly options: CommitGroupOptions) {}

  run<Result>(work: () => Result): Promise<Result> {
    return this.options.storage.commitsAreDear ? this.runInGroup(work) : this.runAtOnce(work);
  }

  /** Resolves once everything asked for is settled. */
  async settled(): Promise<void> {
    await this.flushing;
  }

  private async runAtOnce<Result>(work: () => Result): Promise<Result> {
    try {
      return this.transaction(work);
    } finally {
      this.options.committed();
    }
  }

  private runInGroup<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push({ work, resolve: resolve as (result: unknown) => void, reject });
      this.flushing ??= this.flush();
    });
  }

  private async flush(): Promise<void> {
    while (this.pending.length > 0) {
      await nextTurn();
      const group = this.pending;
      this.pending = [];
      await this.commit(group);
      this.options.committed();
    }
    this.flushing = undefined;
  }

  private async commit(group: readonly Pending[]): Promise<void> {
    try {
      const results = await this.transactionWhenFree(() => group.map(({ work }) => work()));
      group.forEach(({ resolve }, index) => resolve(results[index]));
    } catch (error) {
      // A lock that lasts is the fate of all. Otherwise one of them failed: nothing is done, and each is tried alone.
      if (group.length === 1 || isBusy(error)) for (const { reject } of group) reject(error);
      else await this.commitEach(group);
    }
  }

  private async commitEach(group: readonly Pending[]): Promise<void> {
    let locked: { readonly error: unknown } | undefined;
    for (const { work, resolve, reject } of group) {
      if (locked) reject(locked.error);
      else {
        await this.transactionWhenFree(work).then(resolve, (error: unknown) => {
          if (isBusy(error)) locked = { error };
          reject(error);
        });
      }
    }
  }

  private transactionWhenFree<Result>(work: () => Result): Promise<Result> {
    return retryWhileBusy(this.options.clock, () => this.transaction(work));
  }

  private transaction<Result>(work: () => Result): Result {
    try {
      return this.options.storage.transaction(work);
    } catch (error) {
      this.options.rolledBack();
      throw error;
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
