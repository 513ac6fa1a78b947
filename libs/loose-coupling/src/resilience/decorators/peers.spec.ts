import 'reflect-metadata';
import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { ContextIdFactory, ModuleRef, NestFactory, REQUEST, Reflector } from '@nestjs/core';
import { SyncMethodError } from '../errors/sync-method.error.js';
import { Bulkhead } from './bulkhead.decorator.js';
import { CircuitBreaker } from './circuit-breaker.decorator.js';
import { Fallback } from './fallback.decorator.js';
import { bindResilience } from './registry-binding.js';
import { Resilient } from './resilient.decorator.js';
import { Retry } from './retry.decorator.js';
import { ClockedRegistry } from './testing/clocked-registry.js';
import { Timeout } from './timeout.decorator.js';

function bound<T extends object>(type: T): T {
  bindResilience([type], new ClockedRegistry());
  return type;
}

describe('a wrapper that changes what it wraps', () => {
  class Stock {
    @Retry()
    @Timeout(1_000)
    async find(id: number, limit = 10, ...rest: unknown[]): Promise<unknown[]> {
      return [id, limit, rest, arguments.length];
    }
  }
  bound(Stock);

  it('[cockatiel-12] adds no argument, so that default parameters stay', async () => {
    await expect(new Stock().find(1)).resolves.toEqual([1, 10, [], 1]);
  });

  it('[cockatiel-12] takes none away, be it a signal in the last place', async () => {
    const { signal } = new AbortController();
    await expect(new Stock().find(1, undefined, 'more', signal)).resolves.toEqual([1, 10, ['more', signal], 4]);
  });

  it('[cockatiel-12] keeps name and length', () => {
    expect([Stock.prototype.find.name, Stock.prototype.find.length]).toEqual(['find', 1]);
  });
});

describe('metadata that is lost opens a protected route', () => {
  const MARK = Symbol('mark');
  const mark =
    (key: string) =>
    (_target: object, _key: string | symbol, { value }: PropertyDescriptor): void => {
      Reflect.defineMetadata(`${key}-metadata`, [key], value as object);
      Object.assign(value as object, {
        [`${key}Property`]: key,
        [MARK]: { ...(value as { [MARK]?: object })[MARK], [key]: true },
      });
    };
  const Roles = Reflector.createDecorator<string[]>();

  class Stock {
    @mark('above')
    @Roles(['admin'])
    @Retry()
    @mark('between')
    @CircuitBreaker()
    @mark('below')
    async find(): Promise<void> {}

    @Retry()
    @Roles(['clerk'])
    async count(): Promise<void> {}

    async plain(): Promise<void> {}
  }

  it.each(['above', 'between', 'below'])(
    '[nestjs-resilience-1] metadata and properties from %s are on the method',
    (place) => {
      const find = Stock.prototype.find as unknown as Record<string | symbol, Record<string, unknown>>;
      expect(Reflect.getMetadata(`${place}-metadata`, find)).toEqual([place]);
      expect(find[`${place}Property`]).toBe(place);
      expect(find[MARK]?.[place]).toBe(true);
    },
  );

  it('[nestjs-resilience-1] roles are found above and below', () => {
    const reflector = new Reflector();
    expect(reflector.get(Roles, Stock.prototype.find)).toEqual(['admin']);
    expect(reflector.get(Roles, Stock.prototype.count)).toEqual(['clerk']);
  });

  it('[nestjs-resilience-1] a property that is hidden or read-only stays so', () => {
    const hidden = { value: 1, enumerable: false, writable: false, configurable: false };
    class Hidden {
      @Retry()
      @((_target: object, _key: string, { value }: PropertyDescriptor) =>
        void Object.defineProperty(value, 'hidden', hidden))
      async find(): Promise<void> {}
    }
    expect(Object.getOwnPropertyDescriptor(Hidden.prototype.find, 'hidden')).toEqual(hidden);
  });
});

describe('super without end', () => {
  class Base {
    seen: string[] = [];
    @Bulkhead(1)
    async find(name: string): Promise<string> {
      this.seen.push(`base ${name}`);
      return `base(${name})`;
    }
  }
  class Derived extends Base {
    @Bulkhead(1)
    @Retry()
    override async find(name: string): Promise<string> {
      this.seen.push(`derived ${name}`);
      return `derived(${await super.find(name)})`;
    }
  }

  it('[nestjs-resilience-2] an overriding and an overridden method, both decorated, run once each, with machines of their own', async () => {
    bound(Derived);
    const derived = new Derived();
    // With one bulkhead of one place between them, the inner call would be refused.
    await expect(derived.find('x')).resolves.toBe('derived(base(x))');
    expect(derived.seen).toEqual(['derived x', 'base x']);
  });
});

describe('state shared by unrelated classes of one name', () => {
  it('[nestjs-resilience-6] each declaration has machines of its own', async () => {
    const define = () => {
      class Stock {
        release: (() => void) | undefined;
        @Bulkhead(1)
        find(): Promise<void> {
          return new Promise((resolve) => (this.release = resolve));
        }
      }
      return Stock;
    };
    const [One, Other] = [define(), define()];
    bindResilience([One, Other], new ClockedRegistry());
    const [one, other] = [new One(), new Other()];
    const calls = [one.find(), other.find()];
    one.release?.();
    other.release?.();
    await expect(Promise.all(calls)).resolves.toHaveLength(2);
  });
});

describe('statics and synchronous methods', () => {
  it('[nestjs-resilience-7] a static method works on its class, detached, and on a subclass', async () => {
    class Stock {
      static prefix = 'stock';
      @Retry()
      static async find(this: { prefix: string } | undefined): Promise<string> {
        return this?.prefix ?? 'detached';
      }
    }
    class Special extends Stock {
      static override prefix = 'special';
    }
    bound(Stock);
    const { find } = Stock;
    expect(await Promise.all([Stock.find(), Special.find(), find.call(undefined)])).toEqual([
      'stock',
      'special',
      'detached',
    ]);
  });

  it('[nestjs-resilience-7] a method that turns out to be synchronous is refused at its first call, past all policies', async () => {
    class Stock {
      runs = 0;
      @Retry()
      @Fallback(() => 'hidden')
      @Resilient()
      find(): PromiseLike<unknown> {
        this.runs += 1;
        return 'found' as unknown as PromiseLike<unknown>;
      }
    }
    bound(Stock);
    const stock = new Stock();
    expect(() => stock.find()).toThrow(SyncMethodError);
    expect(() => stock.find()).toThrow('Stock.find has resilience decorators and returned a string');
    expect(stock.runs).toBe(1);
  });
});

describe('nestjs-resilience #487: a request-scoped instance that hides behind the decorator', () => {
  @Injectable({ scope: Scope.REQUEST })
  class Cart {
    readonly #id: string;
    release: (() => void) | undefined;
    constructor(@Inject(REQUEST) request: { id: string }) {
      this.#id = request.id;
    }
    @Retry()
    async owner(): Promise<string> {
      return this.#id;
    }
    @Bulkhead({ maxConcurrent: 1, maxQueue: 1 })
    async busy(): Promise<void> {
      await new Promise<void>((resolve) => (this.release = resolve));
    }
    async both(): Promise<string> {
      return this.owner();
    }
  }
  @Module({ providers: [Cart] })
  class AppModule {}

  it('every call sees its own instance, and all of them share the machines', async () => {
    bound(Cart);
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const cartOf = async (id: string): Promise<Cart> => {
      const context = ContextIdFactory.create();
      app.registerRequestByContextId({ id }, context);
      return app.get(ModuleRef).resolve(Cart, context, { strict: false });
    };
    const [ann, bob] = [await cartOf('ann'), await cartOf('bob')];
    expect(await Promise.all([ann.owner(), bob.owner(), ann.both()])).toEqual(['ann', 'bob', 'ann']);

    const first = ann.busy();
    const second = bob.busy();
    expect(bob.release).toBeUndefined();
    ann.release?.();
    await first;
    await new Promise(setImmediate);
    bob.release?.();
    await second;
    await app.close();
  });
});

describe('self-invocation and keys', () => {
  it('a call through `this` goes through the policies', async () => {
    class Stock {
      attempts = 0;
      @Retry({ maxAttempts: 2 })
      async find(): Promise<number> {
        this.attempts += 1;
        if (this.attempts === 1) throw new Error('once');
        return this.attempts;
      }
      async outer(): Promise<number> {
        return this.find();
      }
    }
    const registry = new ClockedRegistry();
    bindResilience([Stock], registry);
    const found = new Stock().outer();
    await registry.time.advance(1_000);
    await expect(found).resolves.toBe(2);
  });

  it('a method may be named by a symbol', async () => {
    const find = Symbol('find');
    class Stock {
      @Retry()
      async [find](): Promise<string> {
        return 'found';
      }
    }
    bound(Stock);
    await expect(new Stock()[find]()).resolves.toBe('found');
    expect(Stock.prototype[find].name).toBe('[find]');
  });

  it('a subclass shares what it inherits under a name', async () => {
    class Base {
      @Bulkhead({ name: 'shared', maxConcurrent: 1, maxQueue: 1 })
      find(work: Promise<void>): Promise<void> {
        return work;
      }
    }
    class Derived extends Base {}
    bindResilience([Base, Derived], new ClockedRegistry());
    let ran = false;
    let release: (() => void) | undefined;
    const first = new Base().find(new Promise((resolve) => (release = resolve)));
    const second = new Derived().find(Promise.resolve()).then(() => (ran = true));
    await new Promise(setImmediate);
    expect(ran).toBe(false);
    release?.();
    await Promise.all([first, second]);
  });
});
