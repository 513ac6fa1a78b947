import { CircuitOpenError } from '../../errors/circuit-open.error.js';
import { OperationTimeoutError } from '../../errors/operation-timeout.error.js';
import { StreamAbandonedError } from '../../errors/stream-abandoned.error.js';
import { currentAttempt } from '../../pipeline/current-attempt.js';
import type { AttemptContext } from '../../pipeline/attempt.port.js';
import { Bulkhead } from '../bulkhead.decorator.js';
import { CircuitBreaker } from '../circuit-breaker.decorator.js';
import { Fallback } from '../fallback.decorator.js';
import { Hedge } from '../hedge.decorator.js';
import { bindResilience } from '../registry-binding.js';
import { Resilient } from '../resilient.decorator.js';
import { Retry } from '../retry.decorator.js';
import type { ResilienceDecorator } from '../resilience-decorator.js';
import { ClockedRegistry } from '../testing/clocked-registry.js';
import { Timeout } from '../timeout.decorator.js';

type Open = (attempt: number) => AsyncIterable<unknown>;

/** A method behind these decorators that returns what `open` does, one answer for each call. */
function iterableOf(open: Open, ...decorators: ResilienceDecorator[]) {
  class Prices {
    opened = 0;
    watch(_sku?: string): AsyncGenerator<unknown, unknown, unknown> {
      this.opened += 1;
      return open(this.opened) as AsyncGenerator<unknown, unknown, unknown>;
    }
    async *lastKnown(error: unknown, sku?: string): AsyncGenerator<unknown> {
      yield sku;
      yield (error as Error).message;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Prices.prototype, 'watch') as TypedPropertyDescriptor<
    Prices['watch']
  >;
  for (const decorate of [Resilient({ returns: 'asyncIterable' }), ...decorators])
    decorate(Prices.prototype, 'watch', descriptor);
  Object.defineProperty(Prices.prototype, 'watch', descriptor);
  const registry = new ClockedRegistry();
  bindResilience([Prices], registry);
  return { prices: new Prices(), clock: registry.time };
}

async function itemsOf(iterable: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const item of iterable) seen.push(item);
    seen.push('done');
  } catch (error) {
    seen.push((error as Error).name);
  }
  return seen;
}

async function* counting(to: number): AsyncGenerator<number, string, unknown> {
  for (let item = 1; item <= to; item++) yield item;
  return 'returned';
}

/** Fails after so many items. */
async function* breakingAfter(items: number): AsyncGenerator<number> {
  yield* counting(items);
  throw new TypeError('gone');
}

async function* emptyIteration(): AsyncGenerator<unknown> {}

/** An iteration whose answers the test gives. */
class ByHand implements AsyncIterableIterator<unknown> {
  readonly asked: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void }[] = [];
  returned: unknown[] = [];
  [Symbol.asyncIterator](): this {
    return this;
  }
  next(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => this.asked.push({ resolve, reject }));
  }
  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.returned.push(value);
    return { done: true, value: `cleaned up ${String(value)}` };
  }
  answer(value: unknown): void {
    this.asked.shift()?.resolve({ done: false, value });
  }
  end(value?: unknown): void {
    this.asked.shift()?.resolve({ done: true, value });
  }
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('an async generator method', () => {
  it('is known by its kind, and keeps its shape: items, what it is sent, and what it returns', async () => {
    class Echo {
      readonly #prefix = '>';
      @Retry()
      @Bulkhead(1)
      async *echo(first: string): AsyncGenerator<string, string, string> {
        let heard = first;
        while (heard !== 'end') heard = yield `${this.#prefix}${heard}`;
        return 'bye';
      }
    }
    bindResilience([Echo], new ClockedRegistry());
    const echo = new Echo().echo('a');
    expect(await echo.next('nobody hears this')).toEqual({ done: false, value: '>a' });
    expect(await echo.next('b')).toEqual({ done: false, value: '>b' });
    expect(await echo.next('end')).toEqual({ done: true, value: 'bye' });
    expect(await echo.next('more')).toEqual({ done: true, value: undefined });
  });

  it('is called at the first next(), and not when it is left before', async () => {
    const { prices } = iterableOf(() => counting(1), Bulkhead(1));
    const [left, first] = [prices.watch(), prices.watch()];
    expect(await left.return('nothing')).toEqual({ done: true, value: 'nothing' });
    expect(await left.next()).toEqual({ done: true, value: undefined });
    expect(prices.opened).toBe(0);
    expect(await itemsOf(first)).toEqual([1, 'done']);
  });

  it('answers what is asked at once in the order it was asked', async () => {
    const { prices } = iterableOf(() => counting(2), Retry());
    const stream = prices.watch();
    expect(await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: 'returned' },
      { done: true, value: undefined },
    ]);
  });

  it('can be thrown into', async () => {
    const open: Open = async function* () {
      try {
        yield 1;
      } catch (error) {
        yield `caught ${(error as Error).message}`;
      }
    };
    const { prices } = iterableOf(open, Retry());
    const stream = prices.watch();
    await stream.next();
    expect(await stream.throw(new Error('it'))).toEqual({ done: false, value: 'caught it' });
    await expect(stream.throw(new TypeError('again'))).rejects.toThrow(TypeError);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await expect(prices.watch().throw(new TypeError('at first'))).rejects.toThrow('at first');
  });

  it('that cannot be thrown into is left', async () => {
    const source = new ByHand();
    const { prices } = iterableOf(() => source, Bulkhead(1));
    const stream = prices.watch();
    const first = stream.next();
    source.answer(1);
    await first;
    await expect(stream.throw(new Error('it'))).rejects.toThrow('it');
    expect(source.returned).toEqual([undefined]);
  });
});

describe('the bulkhead of an iteration', () => {
  it.each([
    ['ends', (stream: AsyncGenerator<unknown>) => itemsOf(stream)],
    ['is left', (stream: AsyncGenerator<unknown>) => stream.return(undefined)],
    ['is disposed of', (stream: AsyncGenerator<unknown>) => stream[Symbol.asyncDispose]()],
    ['is thrown into', (stream: AsyncGenerator<unknown>) => stream.throw(new Error('it')).catch(() => undefined)],
  ])('is held from the first next() until it %s', async (_case, end) => {
    const { prices } = iterableOf(() => counting(2), Bulkhead(1));
    const stream = prices.watch();
    await stream.next();
    expect(await itemsOf(prices.watch())).toEqual(['BulkheadFullError']);
    await end(stream);
    await settled();
    expect(await itemsOf(prices.watch())).toEqual([1, 2, 'done']);
  });

  it('is held while the iteration that was left still cleans up', async () => {
    let release: (() => void) | undefined;
    const open: Open = async function* () {
      try {
        yield 1;
      } finally {
        await new Promise<void>((resolve) => (release = resolve));
      }
    };
    const { prices } = iterableOf(open, Bulkhead(1));
    const stream = prices.watch();
    await stream.next();
    const left = stream.return(undefined);
    await settled();
    expect(await itemsOf(prices.watch())).toEqual(['BulkheadFullError']);
    release?.();
    await left;
    await settled();
    expect(await prices.watch().next()).toEqual({ done: false, value: 1 });
  });

  it('is held while what was left cleans up, also when its item fails meanwhile', async () => {
    const source = new ByHand();
    let release: (() => void) | undefined;
    source.return = () => new Promise((resolve) => (release = () => resolve({ done: true, value: 'clean' })));
    const { prices } = iterableOf((attempt) => (attempt === 1 ? source : counting(1)), Bulkhead(1));
    const stream = prices.watch();
    void stream.next();
    const left = stream.return(undefined);
    source.asked[0]?.reject(new Error('aborted'));
    await settled();
    expect(await itemsOf(prices.watch())).toEqual(['BulkheadFullError']);
    release?.();
    expect(await left).toEqual({ done: true, value: 'clean' });
    await settled();
    expect(await itemsOf(prices.watch())).toEqual([1, 'done']);
  });

  it('is not waited for by an iteration that is left in its queue', async () => {
    const { prices } = iterableOf(() => counting(1), Bulkhead({ maxConcurrent: 1, maxQueue: 1 }));
    const first = prices.watch();
    await first.next();
    const waiting = prices.watch();
    const item = waiting.next();
    expect(await waiting.return('left')).toEqual({ done: true, value: 'left' });
    expect(await item).toEqual({ done: true, value: undefined });
    const next = prices.watch().next();
    await first.return(undefined);
    expect(await next).toEqual({ done: false, value: 1 });
    expect(prices.opened).toBe(2);
  });
});

describe('leaving an iteration', () => {
  it('resolves to what its cleaning up does, and answers who still waits', async () => {
    const source = new ByHand();
    const { prices } = iterableOf(() => source, Bulkhead(1));
    const stream = prices.watch();
    const waiting = stream.next();
    expect(await stream.return('why')).toEqual({ done: true, value: 'cleaned up why' });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(source.returned).toEqual(['why']);
  });

  it('rejects with what its cleaning up throws', async () => {
    const open: Open = async function* () {
      try {
        yield 1;
      } finally {
        await Promise.reject(new RangeError('cannot clean up'));
      }
    };
    const { prices } = iterableOf(open, Bulkhead(1));
    const stream = prices.watch();
    await stream.next();
    await expect(stream.return(undefined)).rejects.toThrow(RangeError);
    await settled();
    expect(await prices.watch().next()).toEqual({ done: false, value: 1 });
  });

  it('tells a generator that waits for something else, by the signal of its attempt', async () => {
    const open: Open = async function* () {
      const signal = currentAttempt()?.signal;
      yield 1;
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const { prices } = iterableOf(open, Bulkhead(1));
    const stream = prices.watch();
    await stream.next();
    const waiting = stream.next();
    expect(await stream.return('why')).toEqual({ done: true, value: 'why' });
    expect(await waiting).toEqual({ done: true, value: undefined });
    await settled();
    expect(await prices.watch().next()).toEqual({ done: false, value: 1 });
  });
});

describe('the circuit breaker of an iteration', () => {
  it('counts a failure when it fails, items or not', async () => {
    const { prices } = iterableOf(
      () => breakingAfter(1),
      CircuitBreaker({ minimumCalls: 1, failureRateThreshold: 100 }),
    );
    expect(await itemsOf(prices.watch())).toEqual([1, 'TypeError']);
    await expect(prices.watch().next()).rejects.toThrow(CircuitOpenError);
  });

  it('counts nothing when it is left', async () => {
    const { prices } = iterableOf(
      (attempt) => (attempt === 2 ? breakingAfter(0) : counting(5)),
      CircuitBreaker({ minimumCalls: 2, failureRateThreshold: 50 }),
    );
    for await (const _item of prices.watch()) break;
    expect(await itemsOf(prices.watch())).toEqual(['TypeError']);
    expect(await prices.watch().next()).toEqual({ done: false, value: 1 });
  });
});

describe('a retry of an iteration', () => {
  it('begins again while there was no item', async () => {
    const { prices, clock } = iterableOf((attempt) => (attempt < 3 ? breakingAfter(0) : counting(2)), Retry());
    const items = itemsOf(prices.watch());
    await clock.advance(1_000);
    expect(await items).toEqual([1, 2, 'done']);
  });

  it('leaves a failure after the first item alone', async () => {
    const { prices } = iterableOf(() => breakingAfter(1), Retry(), Fallback('lastKnown'));
    expect(await itemsOf(prices.watch())).toEqual([1, 'TypeError']);
    expect(prices.opened).toBe(1);
  });

  it('stops waiting when it is left', async () => {
    const { prices, clock } = iterableOf(() => breakingAfter(0), Retry());
    const stream = prices.watch();
    const item = stream.next();
    await settled();
    await stream.return(undefined);
    await clock.advance(10_000);
    expect([await item, prices.opened, clock.pendingTimers]).toEqual([{ done: true, value: undefined }, 1, 0]);
  });
});

describe('a timeout of an iteration', () => {
  it('is for the first item', async () => {
    const source = new ByHand();
    const { prices, clock } = iterableOf(() => source, Timeout(500));
    const items = itemsOf(prices.watch());
    await clock.advance(400);
    source.answer('in time');
    await clock.advance(10_000);
    source.answer('much later');
    await settled();
    source.end();
    expect(await items).toEqual(['in time', 'much later', 'done']);
  });

  it('ends the attempt, which is cleaned up, and whose item comes too late', async () => {
    const slow = new ByHand();
    const { prices, clock } = iterableOf((attempt) => (attempt === 1 ? slow : counting(1)), Timeout(500), Retry());
    const items = itemsOf(prices.watch());
    await clock.advance(501);
    slow.answer('too late');
    await clock.advance(1_000);
    expect(await items).toEqual([1, 'done']);
    expect(slow.returned).toEqual([undefined]);
  });

  it('in total is for all of it: who asks next is told', async () => {
    const { prices, clock } = iterableOf(() => counting(5), Timeout({ total: 500 }), Fallback('lastKnown'));
    const stream = prices.watch();
    await stream.next();
    await clock.advance(501);
    await expect(stream.next()).rejects.toThrow('took longer than 500 ms');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('in total also ends a next() that waits', async () => {
    const source = new ByHand();
    const { prices, clock } = iterableOf(() => source, Timeout({ total: 500 }));
    const stream = prices.watch();
    const first = stream.next();
    await settled();
    source.answer(1);
    await first;
    const waiting = stream.next();
    const second = stream.next();
    const [outcome] = await Promise.all([Promise.allSettled([waiting]), clock.advance(501)]);
    expect(outcome).toEqual([{ status: 'rejected', reason: expect.any(OperationTimeoutError) }]);
    expect(await second).toEqual({ done: true, value: undefined });
  });
});

describe('a fallback of an iteration', () => {
  it.each([
    ['an async iterable', () => counting(2), [1, 2, 'done']],
    ['a list, whose items they are', () => [1, 2], [1, 2, 'done']],
    ['a value', async () => 'known', ['known', 'done']],
    ['text, which is one item', () => 'ab', ['ab', 'done']],
    ['a stream that fails', () => breakingAfter(1), [1, 'TypeError']],
  ])('may answer with %s', async (_case, use, expected) => {
    const { prices } = iterableOf(() => breakingAfter(0), Fallback(use));
    expect(await itemsOf(prices.watch())).toEqual(expected);
  });

  it('is a method of the same object, called with the error and the arguments', async () => {
    const { prices } = iterableOf(() => breakingAfter(0), Fallback('lastKnown'));
    expect(await itemsOf(prices.watch('sku'))).toEqual(['sku', 'gone', 'done']);
  });

  it('takes no attempt for the answer that was not good enough', async () => {
    const { prices, clock } = iterableOf(
      (attempt) => (attempt === 1 ? emptyIteration() : breakingAfter(0)),
      Retry({ maxAttempts: 2, retryIfResult: (last) => last === undefined }),
      Fallback(() => 'known'),
    );
    const items = itemsOf(prices.watch());
    await clock.advance(1_000);
    expect(await items).toEqual(['known', 'done']);
  });

  it('is left with the rest', async () => {
    let left = false;
    const { prices } = iterableOf(
      () => breakingAfter(0),
      Fallback(async function* () {
        try {
          yield* counting(5);
        } finally {
          left = true;
        }
      }),
    );
    for await (const _item of prices.watch()) break;
    expect(left).toBe(true);
  });
});

describe('the context of an iteration', () => {
  it('is that of its attempt, whoever asks for an item, and never that of the consumer', async () => {
    const contexts: (AttemptContext | undefined)[] = [];
    const open: Open = async function* () {
      for (let item = 1; ; item++) {
        contexts.push(currentAttempt());
        yield item;
      }
    };
    const { prices } = iterableOf(open, Retry());
    const stream = prices.watch();
    await stream.next();
    await stream.next();
    expect(contexts[0]?.attempt).toBe(1);
    expect(contexts[1]).toBe(contexts[0]);
    expect(currentAttempt()).toBeUndefined();
    expect(contexts[0]?.signal.aborted).toBe(false);
    await stream.return(undefined);
    expect(contexts[0]?.signal.reason).toBeInstanceOf(StreamAbandonedError);
  });
});

it('an iteration behind a hedge is refused: it cannot be two', async () => {
  const { prices } = iterableOf(() => counting(1), Hedge());
  await expect(prices.watch().next()).rejects.toThrow('Prices.watch: "hedge" does not work for a stream');
});
