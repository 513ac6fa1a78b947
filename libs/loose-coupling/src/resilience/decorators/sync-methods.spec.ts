import { Observable, of } from 'rxjs';
import { SyncMethodError } from '../errors/sync-method.error.js';
import { UndeclaredStreamError } from '../errors/undeclared-stream.error.js';
import type { CompiledPipeline } from '../pipeline/policy-set.port.js';
import { Bulkhead } from './bulkhead.decorator.js';
import { bindResilience } from './registry-binding.js';
import { Resilient } from './resilient.decorator.js';
import { Retry } from './retry.decorator.js';
import { ClockedRegistry } from './testing/clocked-registry.js';

// oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
const thenable = (then: unknown): object => Object.fromEntries([['then', then]]);

/** A method of which nothing is known before its first call, and that answers as it is told. */
function unknownMethod(...answers: (() => unknown)[]) {
  class Stock {
    runs = 0;
    @Bulkhead(1)
    @Retry()
    find(): PromiseLike<unknown> {
      this.runs += 1;
      return (answers.length > 1 ? answers.shift() : answers[0])?.() as PromiseLike<unknown>;
    }
  }
  const registry = new ClockedRegistry();
  bindResilience([Stock], registry);
  return { stock: new Stock(), registry };
}

describe('a method of which nothing is known before its first call', () => {
  it.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, 'a number'],
    ['a list', [], 'an instance of Array'],
    ['an object without a class', Object.create(null), 'an instance of Object'],
    ['an object whose then is no function', thenable(1), 'an instance of Object'],
  ])('is refused when it returns %s: thrown at once to its caller', (_case, answer, returned) => {
    const { stock } = unknownMethod(() => answer);
    expect(() => stock.find()).toThrow(SyncMethodError);
    expect(() => stock.find()).toThrow(`returned ${returned};`);
    expect(stock.runs).toBe(1);
  });

  it('is refused with a rejection when it had to wait for its turn', async () => {
    class Stock {
      @Resilient()
      find(): PromiseLike<unknown> {
        return 5 as unknown as PromiseLike<unknown>;
      }
    }
    const call: CompiledPipeline['call'] = async (method, self, args) => {
      await Promise.resolve();
      return method.apply(self, args as never[]);
    };
    bindResilience([Stock], { pipelineFor: () => ({ order: [], call }) as unknown as CompiledPipeline });
    await expect(new Stock().find()).rejects.toThrow(SyncMethodError);
    expect(() => new Stock().find()).toThrow(SyncMethodError);
  });

  it('is trusted once it has returned a promise', async () => {
    const { stock } = unknownMethod(
      async () => 'first',
      () => 'at once',
    );
    await expect(stock.find()).resolves.toBe('first');
    await expect(stock.find()).resolves.toBe('at once');
  });

  it('is not held against it when its first call throws', async () => {
    const { stock, registry } = unknownMethod(
      () => {
        throw new Error('bad luck');
      },
      async () => 'found',
    );
    const found = stock.find();
    await registry.time.advance(1_000);
    await expect(found).resolves.toBe('found');
  });

  it('takes any thenable for a promise', async () => {
    const { stock } = unknownMethod(() => thenable((resolve: (value: string) => void) => resolve('lazy')));
    await expect(stock.find()).resolves.toBe('lazy');
    await expect(stock.find()).resolves.toBe('lazy');
  });

  it.each([
    ['an Observable', () => of(1), /returned an Observable.*returns: 'observable'/],
    ['an async iterable', () => (async function* () {})(), /returned an async iterable.*returns: 'asyncIterable'/],
  ])('is refused when it returns %s', (_case, answer, message) => {
    const { stock } = unknownMethod(answer);
    expect(() => stock.find()).toThrow(UndeclaredStreamError);
    expect(() => stock.find()).toThrow(message);
  });
});

describe('a method that says what it returns', () => {
  it('may return a value at once in spite of its declared promise', async () => {
    class Stock {
      @Retry()
      find(id?: number): Promise<number | null> {
        // What a project without strictNullChecks compiles.
        if (id === undefined) return null as unknown as Promise<null>;
        return Promise.resolve(id);
      }
    }
    bindResilience([Stock], new ClockedRegistry());
    await expect(new Stock().find()).resolves.toBeNull();
  });

  it('may say that it returns promises where its type does not tell', async () => {
    class Stock {
      @Retry()
      @Resilient({ returns: 'promise' })
      find(): ReturnType<typeof JSON.parse> {
        return 5;
      }
    }
    bindResilience([Stock], new ClockedRegistry());
    await expect(new Stock().find()).resolves.toBe(5);
  });

  it('is known by its declared type to return an Observable', () => {
    class Stock {
      @Retry()
      find(): Observable<number> {
        return of(1);
      }
    }
    bindResilience([Stock], new ClockedRegistry());
    expect(new Stock().find()).toHaveProperty('subscribe');
  });
});
