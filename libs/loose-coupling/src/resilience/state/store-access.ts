import { backoffDelay, type Clock } from '../../kernel/index.js';
import { CircuitStoreError } from '../errors/circuit-store.error.js';

/** How long a store that is away is left alone, at most: so many refresh intervals. */
const LONGEST_PAUSE = 10;

/** Calls of a store, none longer than `storeTimeout`, and whether it answers. */
export class StoreAccess {
  private failures = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly timing: { readonly refreshInterval: number; readonly storeTimeout: number },
    private readonly onChange: (reachable: boolean, error?: unknown) => void,
  ) {}

  /** True until a call fails, and again once one succeeds. */
  get reachable(): boolean {
    return this.failures === 0;
  }

  /** Until the next look at the store. */
  get pause(): number {
    const { refreshInterval } = this.timing;
    if (this.failures === 0) return refreshInterval;
    const options = {
      initialDelay: refreshInterval,
      maxDelay: LONGEST_PAUSE * refreshInterval,
      jitter: 'equal',
    } as const;
    return backoffDelay(this.failures, options, this.random);
  }

  async call<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await this.inTime(work);
      const wasAway = !this.reachable;
      this.failures = 0;
      if (wasAway) this.onChange(true);
      return result;
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1) this.onChange(false, error);
      throw error;
    }
  }

  private inTime<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const { storeTimeout } = this.timing;
      const late = () =>
        reject(
          new CircuitStoreError(
            `did not answer within ${storeTimeout} ms`,
            'Breakers go on without it; raise storeTimeout if it is only slow.',
          ),
        );
      const timer = this.clock.setTimer(late, storeTimeout, { unref: true });
      const settle = (end: () => void) => {
        timer.cancel();
        end();
      };
      try {
        work().then(
          (result) => settle(() => resolve(result)),
          (error: unknown) => settle(() => reject(error as Error)),
        );
      } catch (error) {
        settle(() => reject(error as Error));
      }
    });
  }
}
