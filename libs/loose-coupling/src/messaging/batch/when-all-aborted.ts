/** A signal that is aborted when all of some are. `stop` lets go of them. */
export function whenAllAborted(signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal;
  readonly stop: () => void;
} {
  const all = new AbortController();
  let left = signals.length;
  const count = ({ target }: { target: EventTarget | null }) => {
    left -= 1;
    if (left === 0) all.abort((target as AbortSignal).reason);
  };
  for (const signal of signals) {
    if (signal.aborted) count({ target: signal });
    else signal.addEventListener('abort', count, { once: true });
  }
  const stop = () => {
    for (const signal of signals) signal.removeEventListener('abort', count);
  };
  return { signal: all.signal, stop };
}
