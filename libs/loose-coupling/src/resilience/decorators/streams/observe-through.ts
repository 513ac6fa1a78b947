import { from, fromEvent, Observable, of, takeUntil, type ObservableInput } from 'rxjs';
import { attemptStorage, runWithin } from '../../pipeline/current-attempt.js';
import { kindOf } from '../method/method-returns.js';
import { StreamRun, type StreamAttempt, type StreamCall } from './stream-call.js';

/**
 * A cold Observable: each subscription is a call. It holds what it was permitted until it completes, fails or is unsubscribed from; the last
 * counts neither as success nor as failure.
 */
export function observeThrough(call: StreamCall): Observable<unknown> {
  return new Observable((subscriber) => {
    const run = new StreamRun(call);
    const outside = attemptStorage.getStore();
    // What the subscriber does with an item is no part of the attempt, and must not be given up with it.
    const emit = (item: unknown): void => runWithin(outside, () => subscriber.next(item));
    let completed = false;
    let over = false;

    subscriber.add(() => {
      if (!over) run.abandon();
    });
    run
      .start(async (attempt) => {
        completed = false;
        const last = await forward(call.open(), attempt, emit);
        completed = true;
        return last;
      })
      .finally(() => (over = true))
      .then(
        (answer) => (completed ? subscriber.complete() : standIn(answer).subscribe(subscriber)),
        (error: unknown) => subscriber.error(error),
      );
  });
}

/** Hands on items until the stream completes (resolves to the last one), fails, or the attempt is over (rejects). */
function forward(stream: unknown, attempt: StreamAttempt, emit: (item: unknown) => void): Promise<unknown> {
  const { signal } = attempt;
  return new Promise((resolve, reject) => {
    let last: unknown;
    let began = false;
    from(stream as ObservableInput<unknown>)
      .pipe(takeUntil(fromEvent(signal, 'abort')))
      .subscribe({
        next(item) {
          if (!began) attempt.answerBegan();
          began = true;
          emit((last = item));
        },
        error: reject,
        complete: () => (signal.aborted ? reject(signal.reason) : resolve(last)),
      });
  });
}

/** What a fallback answers may be a stream itself. */
function standIn(answer: unknown): Observable<unknown> {
  const kind = kindOf(answer);
  return kind === 'observable' || kind === 'asyncIterable' ? from(answer as ObservableInput<unknown>) : of(answer);
}
