import type { Observable } from 'rxjs';

export interface Batch<Value> {
  readonly values: readonly Value[];
  /** The observable has completed. */
  readonly last: boolean;
}

/**
 * What an observable has given since the batch before. One that completes right after its last value has both in one
 * batch. Rejects as the observable fails, after what came before; ends it when its own loop is left.
 */
export async function* batchesOf<Value>(source: Observable<Value>): AsyncGenerator<Batch<Value>> {
  const waiting: Value[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;
  const end = () => {
    ended = true;
    wake();
  };
  const subscription = source.subscribe({
    next: (value) => {
      waiting.push(value);
      wake();
    },
    error: (error: unknown) => {
      failure = { error };
      end();
    },
    complete: end,
  });
  try {
    for (let last = false; !last;) {
      if (waiting.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
      await undefined;
      last = ended;
      const values = waiting.splice(0);
      if (values.length > 0 || !failure) yield { values, last: last && !failure };
      if (last && failure) throw failure.error;
    }
  } finally {
    subscription.unsubscribe();
  }
}
