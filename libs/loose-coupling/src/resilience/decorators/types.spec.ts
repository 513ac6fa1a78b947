import { applyDecorators } from '@nestjs/common';
import { of, type Observable } from 'rxjs';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { Bulkhead } from './bulkhead.decorator.js';
import { Cached } from './cached.decorator.js';
import { CircuitBreaker } from './circuit-breaker.decorator.js';
import { Fallback } from './fallback.decorator.js';
import { RateLimit } from './rate-limit.decorator.js';
import { Resilient } from './resilient.decorator.js';
import { Retry } from './retry.decorator.js';
import { Timeout } from './timeout.decorator.js';

/** What is expected here is seen by `npm run typecheck`: a line that should not compile and does is an error there. */
describe('the types of the decorators', () => {
  it('let predicates and keys say what they take', async () => {
    class Stock {
      @Retry({ retryIf: (error: Error) => error.message === '', retryIfResult: (result: Response) => !result.ok })
      @CircuitBreaker({ recordResultIf: (result: Response) => result.status === 503, key: ([id]: [string]) => id })
      @Cached({ ttl: 5, key: ([id]: [string]) => id })
      async ask(id: string): Promise<Response> {
        return new Response(id);
      }
    }
    expect(await (await new Stock().ask('a')).text()).toBe('a');
  });

  it('refuse methods that answer at once', () => {
    const define = () => {
      class Stock {
        // @ts-expect-error a string is there at once
        @Retry()
        text(): string {
          return '';
        }
      }
      return Stock;
    };
    const defineOthers = () => {
      class Stock {
        // @ts-expect-error so is nothing
        @Timeout(5)
        nothing(): void {}

        // @ts-expect-error sometimes is not always
        @Bulkhead()
        sometimes(): number | Promise<number> {
          return 5;
        }

        // @ts-expect-error a property is no method
        @Retry()
        property = 5;

        // @ts-expect-error nor is an accessor
        @Retry()
        get accessor(): number {
          return 5;
        }
      }
      return Stock;
    };
    expect(define).toThrow(/Make the method async/);
    expect(defineOthers).toThrow(/getters, setters and properties/);
  });

  it('take promises, Observables, async iterables, statics, private and generic methods, and classes', () => {
    @Timeout(500)
    @Resilient('shop')
    abstract class Stock {
      @Retry()
      async promise(_a: string, _b?: number): Promise<number> {
        return 5;
      }
      @Retry()
      thenable(): PromiseLike<number> {
        return Promise.resolve(5);
      }
      @Retry()
      @Resilient({ returns: 'observable' })
      observable(): Observable<number> {
        return of(5);
      }
      @Retry()
      async *generator(): AsyncGenerator<number> {
        yield 5;
      }
      @Retry()
      async generic<T extends object>(value: T, ..._rest: T[]): Promise<T> {
        return value;
      }
      @Retry()
      static async all(): Promise<void> {}
      @Retry()
      protected async hidden(): Promise<void> {}
      @Retry()
      async returnsAny(): Promise<ReturnType<typeof JSON.parse>> {}
    }
    const { promise, thenable, observable, generator, generic } = Stock.prototype;
    const kept = [promise, thenable, observable, generator, generic, Stock.all].map(({ name, length }) => [
      name,
      length,
    ]);
    expect(kept).toEqual([
      ['promise', 2],
      ['thenable', 0],
      ['observable', 0],
      ['generator', 0],
      ['generic', 1],
      ['all', 0],
    ]);
  });

  it('let a key name its arguments', async () => {
    class Stock {
      @CircuitBreaker({ key: ([tenant]: [string]) => tenant })
      @Bulkhead({ maxConcurrent: 1, key: ([tenant]: [tenant: string, id: number]) => tenant })
      @RateLimit({ limit: 1, key: (args) => String(args[0]) })
      @Cached({ ttl: 5, key: ([, id]: [string, number]) => `${id}` })
      async find(tenant: string, id: number): Promise<string> {
        return `${tenant} ${id}`;
      }

      // @ts-expect-error a key is text
      @CircuitBreaker({ key: ([id]: [number]) => id })
      async wrong(_id: number): Promise<void> {}

      // @ts-expect-error a limit has to be given
      @RateLimit({})
      async noLimit(): Promise<void> {}
    }
    expect(await new Stock().find('acme', 7)).toBe('acme 7');
  });

  it('let a fallback name its arguments, and errors by class or predicate', async () => {
    class Stock {
      @Fallback('known', { on: CircuitOpenError })
      @Fallback((_error, sku: string) => sku.length, { on: [TypeError, RangeError] })
      @Fallback(() => 5, { on: (error) => error instanceof Error })
      async find(_sku: string): Promise<number> {
        throw new CircuitOpenError('stock', 'open', 5);
      }
      known(_error: unknown, sku: string): number {
        return sku.length;
      }
    }
    expect(await new Stock().find('abc')).toBe(3);
  });

  it('fit where decorators are composed', async () => {
    const Standard = () => applyDecorators(Retry(), Timeout(500));
    class Stock {
      private attempts = 0;
      @Standard()
      async find(): Promise<number> {
        this.attempts += 1;
        if (this.attempts === 1) throw new Error('away');
        return this.attempts;
      }
    }
    expect(await new Stock().find()).toBe(2);
  });
});
