import { Observable, takeUntil, type MonoTypeOperatorFunction } from 'rxjs';

/** Passes values on until the signal is aborted, and then fails with its reason. */
export const untilAborted = <Value>(signal: AbortSignal): MonoTypeOperatorFunction<Value> => takeUntil(failing(signal));

const failing = (signal: AbortSignal): Observable<never> =>
  new Observable((subscriber) => {
    const fail = () => subscriber.error(signal.reason);
    if (signal.aborted) return fail();
    signal.addEventListener('abort', fail, { once: true });
    return () => signal.removeEventListener('abort', fail);
  });
