import { isLooseCouplingError } from '../../kernel/index.js';
import type { BrokerStorage } from './broker-storage.js';

interface Pending {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** Runs writes in transactions. Where commits are dear, those that arrive in one turn of the event loop share one. */
export class CommitGroup {
  private pending: Pending[] = [];
  private turn: NodeJS.Immediate | undefined;

  constructor(
    private readonly storage: BrokerStorage,
    private readonly on: { readonly committed: () => void; readonly rolledBack: () => void },
  ) {}

  run<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push({ work, resolve: resolve as (result: unknown) => void, reject });
      if (!this.storage.commitsAreDear) this.flush();
      else this.turn ??= setImmediate(() => this.flush());
    });
  }

  /** Commits what is waiting. */
  flush(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    const group = this.pending;
    if (group.length === 0) return;
    this.pending = [];
    const outcomes = this.runTogether(group) ?? group.map((each) => this.runAlone(each));
    this.on.committed();
    group.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index] as Outcome;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.result);
    });
  }

  /** Undefined when one of them failed: nothing is done then, and each gets its own transaction. */
  private runTogether(group: readonly Pending[]): Outcome[] | undefined {
    if (group.length === 1) return undefined;
    try {
      return this.storage.transaction(() => group.map(({ work }) => ({ result: work() })));
    } catch (error) {
      this.on.rolledBack();
      // Each would wait as long again for the lock, and hold up the whole process.
      return isLooseCouplingError(error, 'LC_DATABASE_BUSY') ? group.map(() => ({ error })) : undefined;
    }
  }

  private runAlone({ work }: Pending): Outcome {
    try {
      return { result: this.storage.transaction(work) };
    } catch (error) {
      this.on.rolledBack();
      return { error };
    }
  }
}
