import { AsyncLocalStorage } from 'node:async_hooks';
import {
  concat,
  defer,
  EMPTY,
  firstValueFrom,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { CircuitOpenError } from '../../errors/circuit-open.error.js';
import { StreamAbandonedError } from '../../errors/stream-abandoned.error.js';
import { currentAttempt } from '../../pipeline/current-attempt.js';
import { Bulkhead } from '../bulkhead.decorator.js';
import { Cached } from '../cached.decorator.js';
import { CircuitBreaker } from '../circuit-breaker.decorator.js';
import { Fallback } from '../fallback.decorator.js';
import { bindResilience } from '../registry-binding.js';
import { Resilient } from '../resilient.decorator.js';
import { Retry } from '../retry.decorator.js';
import type { ResilienceDecorator } from '../resilience-decorator.js';
import { ClockedRegistry } from '../testing/clocked-registry.js';
import { Timeout } from '../timeout.decorator.js';

/** A method behind these decorators that returns what `open` does, one answer for each subscription. */
function streamOf(open: (attempt: number) => Observable<unknown>, ...decorators: ResilienceDecorator[]) {
  class Prices {
    opened = 0;
    watch(_sku?: string): Observable<unknown> {
      this.opened += 1;
      return open(this.opened);
    }
    lastKnown(error: unknown, sku?: string): unknown {
      return of('last known', sku, (error as Error).message);
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Prices.prototype, 'watch') as TypedPropertyDescriptor<
    Prices['watch']
  >;
  for (const decorate of [Resilient({ returns: 'observable' }), ...decorators])
    decorate(Prices.prototype, 'watch', descriptor);
  Object.defineProperty(Prices.prototype, 'watch', descriptor);
  const registry = new ClockedRegistry();
  bindResilience([Prices], registry);
  return { prices: new Prices(), clock: registry.time };
}

/** What came of a subscription. */
function observe(stream: Observable<unknown>) {
  const seen: unknown[] = [];
  const subscription = stream.subscribe({
    next: (item) => seen.push(item),
    error: (error: Error) => seen.push(error.name),
    complete: () => seen.push('done'),
  });
  return { seen, subscription };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a method that returns an Observable', () => {
  it('hands a cold one to its caller at once: nothing is called or permitted before somebody subscribes', async () => {
    const { prices } = streamOf(() => of(1, 2), Bulkhead(1));
    const streams = [prices.watch(), prices.watch()];
    expect(prices.opened).toBe(0);
    for (const stream of streams) expect(await firstValueFrom(stream.pipe(toArray()))).toEqual([1, 2]);
    expect(prices.opened).toBe(2);
  });

  it('is a call for each subscription', async () => {
    const { prices } = streamOf((attempt) => of(attempt), Retry());
    const stream = prices.watch();
    expect([await firstValueFrom(stream), await firstValueFrom(stream)]).toEqual([1, 2]);
  });

  it('emits at once what the method emits at once', () => {
    const { prices } = streamOf(() => of(1, 2), Retry(), Timeout(500), Bulkhead(1), CircuitBreaker());
    expect(observe(prices.watch()).seen).toEqual([1, 2]);
  });

  it('stops a source that would emit for ever at once', async () => {
    const { prices } = streamOf(() => range(0, Infinity), Bulkhead(1));
    const { seen } = observe(prices.watch().pipe(take(2)));
    expect(seen).toEqual([0, 1, 'done']);
    await settled();
    expect(observe(prices.watch().pipe(take(1))).seen).toEqual([0, 'done']);
  });

  it.each([
    ['completes', (source: Subject<number>) => source.complete()],
    ['fails', (source: Subject<number>) => source.error(new Error('gone'))],
    ['is unsubscribed from', undefined],
  ])('holds its place in the bulkhead until it %s', async (_case, end) => {
    const source = new Subject<number>();
    const { prices } = streamOf((attempt) => (attempt === 1 ? source : of('second')), Bulkhead(1));
    const { seen, subscription } = observe(prices.watch());
    source.next(1);
    await settled();
    expect(seen).toEqual([1]);
    const refused = observe(prices.watch());
    await settled();
    expect(refused.seen).toEqual(['BulkheadFullError']);
    if (end) end(source);
    else subscription.unsubscribe();
    await settled();
    expect(source.observed).toBe(false);
    const { seen: next } = observe(prices.watch());
    await settled();
    expect(next).toEqual(['second', 'done']);
  });

  it('gives its place in the queue up when it is unsubscribed from there', async () => {
    const source = new Subject<number>();
    const { prices } = streamOf(
      (attempt) => (attempt === 1 ? source : of('next')),
      Bulkhead({ maxConcurrent: 1, maxQueue: 1 }),
    );
    observe(prices.watch());
    const waiting = observe(prices.watch());
    await settled();
    waiting.subscription.unsubscribe();
    const last = observe(prices.watch());
    source.complete();
    await settled();
    expect([waiting.seen, last.seen, prices.opened]).toEqual([[], ['next', 'done'], 2]);
  });
});

describe('the circuit breaker of a stream', () => {
  const opensAtOnce = { minimumCalls: 1, failureRateThreshold: 100 };

  it('counts a failure when the stream fails, items or not', async () => {
    const { prices } = streamOf(
      () =>
        concat(
          of(1),
          throwError(() => new Error('gone')),
        ),
      CircuitBreaker(opensAtOnce),
    );
    observe(prices.watch());
    await settled();
    await expect(firstValueFrom(prices.watch())).rejects.toThrow(CircuitOpenError);
  });

  it('counts nothing when it is unsubscribed from', async () => {
    const { prices } = streamOf(
      (attempt) => (attempt === 2 ? throwError(() => new Error('gone')) : NEVER),
      CircuitBreaker({ minimumCalls: 2, failureRateThreshold: 50 }),
    );
    observe(prices.watch()).subscription.unsubscribe();
    observe(prices.watch());
    await settled();
    const third = observe(prices.watch());
    await settled();
    expect([prices.opened, third.seen]).toEqual([3, []]);
  });
});

describe('a retry of a stream', () => {
  it('subscribes again while nothing has been emitted', async () => {
    const { prices, clock } = streamOf(
      (attempt) => (attempt < 3 ? throwError(() => new Error('gone')) : of(attempt)),
      Retry({ maxAttempts: 3 }),
    );
    const { seen } = observe(prices.watch());
    await clock.advance(1_000);
    expect(seen).toEqual([3, 'done']);
  });

  it('leaves a failure after the first item alone', async () => {
    const { prices, clock } = streamOf(
      () =>
        concat(
          of(1),
          throwError(() => new TypeError('gone')),
        ),
      Retry(),
    );
    const { seen } = observe(prices.watch());
    await clock.advance(1_000);
    expect([seen, prices.opened]).toEqual([[1, 'TypeError'], 1]);
  });

  it('stops waiting when it is unsubscribed from', async () => {
    const { prices, clock } = streamOf(() => throwError(() => new Error('gone')), Retry());
    const { subscription } = observe(prices.watch());
    await settled();
    subscription.unsubscribe();
    await clock.advance(10_000);
    expect([prices.opened, clock.pendingTimers]).toEqual([1, 0]);
  });

  it('counts a method that throws instead of returning a stream', async () => {
    const { prices, clock } = streamOf((attempt) => {
      if (attempt === 1) throw new Error('no stream');
      return of('stream');
    }, Retry());
    const { seen } = observe(prices.watch());
    await clock.advance(1_000);
    expect(seen).toEqual(['stream', 'done']);
  });
});

describe('a timeout of a stream', () => {
  it('is for the first item', async () => {
    const source = new Subject<string>();
    const { prices, clock } = streamOf(() => source, Timeout(500));
    const { seen } = observe(prices.watch());
    await clock.advance(400);
    source.next('in time');
    await clock.advance(10_000);
    source.next('much later');
    source.complete();
    await settled();
    expect(seen).toEqual(['in time', 'much later', 'done']);
  });

  it('ends the attempt: its source is unsubscribed from and what it emits later goes nowhere', async () => {
    const slow = new Subject<string>();
    const { prices, clock } = streamOf((attempt) => (attempt === 1 ? slow : of('second')), Timeout(500), Retry());
    const { seen } = observe(prices.watch());
    await clock.advance(501);
    expect(slow.observed).toBe(false);
    slow.next('too late');
    await clock.advance(1_000);
    expect(seen).toEqual(['second', 'done']);
  });

  it('fails the stream when there is no other attempt', async () => {
    const { prices, clock } = streamOf(() => NEVER, Timeout(500));
    const { seen } = observe(prices.watch());
    await clock.advance(501);
    expect(seen).toEqual(['OperationTimeoutError']);
  });

  it('in total is for all of it', async () => {
    const source = new Subject<string>();
    const { prices, clock } = streamOf(() => source, Timeout({ total: 500 }), Fallback('lastKnown'));
    const { seen } = observe(prices.watch());
    source.next('item');
    await clock.advance(501);
    expect([seen, source.observed]).toEqual([['item', 'OperationTimeoutError'], false]);
  });
});

describe('a fallback of a stream', () => {
  it.each([
    ['a stream', () => of(1, 2), [1, 2, 'done']],
    ['a promise of a stream', async () => of(1, 2), [1, 2, 'done']],
    [
      'an async iterable',
      async function* () {
        yield 1;
      },
      [1, 'done'],
    ],
    ['a value', () => 'known', ['known', 'done']],
    ['a list, which is one item', () => [1, 2], [[1, 2], 'done']],
    ['nothing', () => undefined, [undefined, 'done']],
  ])('may answer with %s', async (_case, use, expected) => {
    const { prices } = streamOf(() => throwError(() => new Error('gone')), Fallback(use));
    const { seen } = observe(prices.watch());
    await settled();
    expect(seen).toEqual(expected);
  });

  it('is a method of the same object, called with the error and the arguments', async () => {
    const { prices } = streamOf(() => throwError(() => new Error('gone')), Fallback('lastKnown'));
    const { seen } = observe(prices.watch('sku'));
    await settled();
    expect(seen).toEqual(['last known', 'sku', 'gone', 'done']);
  });

  it('does not go on where a stream broke off', async () => {
    const { prices } = streamOf(
      () =>
        concat(
          of(1),
          throwError(() => new TypeError('gone')),
        ),
      Fallback('lastKnown'),
    );
    const { seen } = observe(prices.watch());
    await settled();
    expect(seen).toEqual([1, 'TypeError']);
  });

  it('takes no attempt for the answer that was not good enough', async () => {
    const { prices, clock } = streamOf(
      (attempt) => (attempt === 1 ? EMPTY : throwError(() => new Error('gone'))),
      Retry({ maxAttempts: 2, retryIfResult: (last) => last === undefined }),
      Fallback(() => 'known'),
    );
    const { seen } = observe(prices.watch());
    await clock.advance(1_000);
    expect(seen).toEqual(['known', 'done']);
  });

  it('is unsubscribed from with the rest', async () => {
    const known = new Subject<string>();
    const { prices } = streamOf(
      () => throwError(() => new Error('gone')),
      Fallback(() => known),
    );
    const { subscription } = observe(prices.watch());
    await settled();
    expect(known.observed).toBe(true);
    subscription.unsubscribe();
    expect(known.observed).toBe(false);
  });
});

describe('the context of a stream', () => {
  it('tells the source of the attempt, and why it is over', async () => {
    let signal: AbortSignal | undefined;
    const { prices } = streamOf(() =>
      defer(() => {
        signal = currentAttempt()?.signal;
        return NEVER;
      }),
    );
    const { subscription } = observe(prices.watch());
    expect(signal?.aborted).toBe(false);
    subscription.unsubscribe();
    expect(signal?.reason).toBeInstanceOf(StreamAbandonedError);
  });

  it('is never aborted after the end', async () => {
    let signal: AbortSignal | undefined;
    const { prices } = streamOf(() => defer(() => ((signal = currentAttempt()?.signal), EMPTY)));
    const { seen, subscription } = observe(prices.watch());
    await settled();
    subscription.unsubscribe();
    expect([seen, signal?.aborted]).toEqual([['done'], false]);
  });

  it('leaves what the subscriber does with an item out of the attempt, and its storage to the source', () => {
    const storage = new AsyncLocalStorage<string>();
    const { prices } = streamOf(
      () => new Observable((subscriber) => storage.run('of the source', () => subscriber.next(1))),
      Retry(),
    );
    const seen: unknown[] = [];
    storage.run('of the subscriber', () => {
      prices.watch().subscribe(() => seen.push(currentAttempt(), storage.getStore()));
    });
    expect(seen).toEqual([undefined, 'of the source']);
  });
});

it('a stream behind a cache is refused: a cache needs the whole answer', async () => {
  const { prices } = streamOf(() => of(1), Cached({ ttl: 500 }));
  await expect(firstValueFrom(prices.watch())).rejects.toThrow('Prices.watch: "cache" does not work for a stream');
});
