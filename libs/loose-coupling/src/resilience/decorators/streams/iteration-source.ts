import { attemptStorage, runWithin } from '../../pipeline/current-attempt.js';

export type Items = AsyncIterator<unknown, unknown, unknown>;
export type ItemResult = IteratorResult<unknown, unknown>;
export type Ask = (items: Items) => Promise<ItemResult> | undefined;

/** Where the items of an iteration come from: an attempt, or what stands in for all of them. */
export class IterationSource {
  private readonly attempt = attemptStorage.getStore();
  private closing: Promise<ItemResult | undefined> | undefined;

  constructor(
    private readonly items: Items,
    /** Told once how it ended. */
    private readonly ended: (value: unknown) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  get canThrow(): boolean {
    return this.items.throw !== undefined;
  }

  ask(ask: Ask, onItem: (result: ItemResult) => void): void {
    this.asPartOfTheAttempt(ask).then(
      (result) => {
        if (this.closing) return;
        if (result && !result.done) onItem(result);
        else this.ended(result?.value);
      },
      (error: unknown) => {
        if (!this.closing) this.failed(error);
      },
    );
  }

  /** Ends it early; it has failed with `reason` when it has cleaned up. */
  close(reason: unknown, value?: unknown): Promise<ItemResult | undefined> {
    if (!this.closing) {
      this.closing = this.asPartOfTheAttempt((items) => items.return?.(value));
      this.closing.then(() => this.failed(reason), this.failed);
    }
    return this.closing;
  }

  /** Whoever asks: what a generator calls belongs to the attempt that it is. */
  private asPartOfTheAttempt(ask: Ask): Promise<ItemResult | undefined> {
    return runWithin(this.attempt, async () => ask(this.items));
  }
}

/** The items of what a fallback answers: those of an (async) iterable, or the answer itself. */
export async function* itemsOf(answer: unknown): AsyncGenerator<unknown, unknown, unknown> {
  if (typeof answer === 'object' && answer !== null && (Symbol.asyncIterator in answer || Symbol.iterator in answer)) {
    return yield* answer as AsyncIterable<unknown>;
  }
  yield answer;
  return undefined;
}
