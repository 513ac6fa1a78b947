import 'reflect-metadata';
import { InvalidDecorationError } from '../errors/invalid-decoration.error.js';
import { Bulkhead } from './bulkhead.decorator.js';
import { Cached } from './cached.decorator.js';
import { Chaos } from './chaos.decorator.js';
import { CircuitBreaker } from './circuit-breaker.decorator.js';
import { Fallback } from './fallback.decorator.js';
import { Hedge } from './hedge.decorator.js';
import { RateLimit } from './rate-limit.decorator.js';
import { bindResilience, declarationsOf } from './registry-binding.js';
import { Resilient } from './resilient.decorator.js';
import { Retry } from './retry.decorator.js';
import { ClockedRegistry } from './testing/clocked-registry.js';
import { Timeout } from './timeout.decorator.js';

describe('what decorators declare', () => {
  it('is one declaration for all of a method, whatever their order', () => {
    class Stock {
      @Timeout(800)
      @Retry({ maxAttempts: 2 })
      @Bulkhead(5)
      @CircuitBreaker('payments')
      @Resilient({ policy: 'inventory', order: ['retry', 'fallback'] })
      async find(): Promise<void> {}
    }
    const [declaration, ...others] = declarationsOf(Stock);
    expect(others).toEqual([]);
    expect(declaration).toEqual({
      name: 'Stock.find',
      policy: 'inventory',
      order: ['retry', 'fallback'],
      policies: expect.arrayContaining([
        { kind: 'timeout', options: 800 },
        { kind: 'retry', options: { maxAttempts: 2 } },
        { kind: 'bulkhead', options: 5 },
        { kind: 'circuitBreaker', name: 'payments' },
      ]),
    });
  });

  it('takes the defaults where nothing is said', () => {
    class Stock {
      @Retry()
      @CircuitBreaker()
      @Bulkhead()
      @Hedge()
      async find(): Promise<void> {}
    }
    expect(policiesOf(Stock)).toEqual({
      retry: { kind: 'retry', options: {} },
      circuitBreaker: { kind: 'circuitBreaker', options: {} },
      bulkhead: { kind: 'bulkhead', options: {} },
      hedge: { kind: 'hedge', options: {} },
    });
  });

  it('takes a string for the name of a shared policy', () => {
    class Stock {
      @Retry('shared')
      @CircuitBreaker('shared')
      @Timeout('shared')
      @Bulkhead('shared')
      @RateLimit('shared')
      @Hedge('shared')
      @Cached('shared')
      @Chaos('shared')
      @Resilient('shared')
      async find(): Promise<void> {}
    }
    expect(declarationsOf(Stock)[0]?.policy).toBe('shared');
    const policies = Object.values(policiesOf(Stock));
    expect(policies).toHaveLength(8);
    for (const policy of policies) expect(policy).toEqual({ kind: policy.kind, name: 'shared' });
  });

  it('keeps name and key apart from the options', () => {
    const key = ([tenant]: [string]): string => tenant;
    class Stock {
      @CircuitBreaker({ name: 'payments', minimumCalls: 5, key })
      @Bulkhead({ name: 'payments' })
      @RateLimit({ limit: 5, key })
      async find(_tenant: string): Promise<void> {}
    }
    expect(policiesOf(Stock)).toEqual({
      circuitBreaker: { kind: 'circuitBreaker', name: 'payments', key, options: { minimumCalls: 5 } },
      bulkhead: { kind: 'bulkhead', name: 'payments' },
      rateLimit: { kind: 'rateLimit', key, options: { limit: 5 } },
    });
  });

  it('makes repeated fallbacks a chain, the uppermost first', () => {
    const last = (): string => 'last';
    class Stock {
      @Fallback('first', { on: TypeError })
      @Retry()
      @Fallback(last)
      async find(): Promise<string> {
        return '';
      }
    }
    expect(policiesOf(Stock)['fallback']?.options).toEqual([{ use: 'first', on: TypeError }, { use: last }]);
  });
});

describe('a class-level decorator', () => {
  it('is the default of the methods that have a resilience decorator, and of no others', () => {
    @Timeout(500)
    @Resilient('inventory')
    class Stock {
      @Retry()
      async find(): Promise<void> {}

      @Resilient()
      static async all(): Promise<void> {}

      async plain(): Promise<void> {}
    }
    expect(declarationsOf(Stock)).toEqual([
      { name: 'Stock.all', policy: 'inventory', policies: [{ kind: 'timeout', options: 500 }] },
      {
        name: 'Stock.find',
        policy: 'inventory',
        policies: expect.arrayContaining([
          { kind: 'timeout', options: 500 },
          { kind: 'retry', options: {} },
        ]),
      },
    ]);
  });

  it('gives way to what the method says', () => {
    @Timeout(500)
    @Resilient({ policy: 'class', order: ['timeout', 'retry'] })
    @Fallback('ofClass')
    class Stock {
      @Timeout(20)
      @Resilient('method')
      @Fallback('ofMethod')
      async find(): Promise<void> {}
    }
    expect(declarationsOf(Stock)[0]).toMatchObject({ policy: 'method', order: ['timeout', 'retry'] });
    expect(policiesOf(Stock)).toEqual({
      timeout: { kind: 'timeout', options: 20 },
      fallback: { kind: 'fallback', options: [{ use: 'ofMethod' }] },
    });
  });

  it('says nothing about what is inherited, nor about subclasses', () => {
    class Base {
      @Retry()
      async inherited(): Promise<void> {}
    }
    @Timeout(5)
    class Stock extends Base {
      @Retry()
      async own(): Promise<void> {}
    }
    class Special extends Stock {
      @Retry()
      override async own(): Promise<void> {}
    }
    const kinds = Object.fromEntries(
      declarationsOf(Special).map(({ name, policies }) => [name, policies.map(({ kind }) => kind)]),
    );
    expect(kinds).toEqual({
      'Special.own': ['retry'],
      'Stock.own of Special': ['timeout', 'retry'],
      'Special.inherited': ['retry'],
    });
  });

  it('is refused on a class that has nothing to apply it to', () => {
    expect(() => {
      @Timeout(5)
      class Stock {
        async find(): Promise<void> {}
      }
      return Stock;
    }).toThrow(/@Timeout\(\) on Stock: .*Put @Resilient\(\) on those/);
  });
});

describe('a decorator', () => {
  it.each([
    [
      'getter',
      () => {
        class Stock {
          @refused
          get find(): string {
            return '';
          }
        }
        return Stock;
      },
    ],
    [
      'setter',
      () => {
        class Stock {
          @refused
          set find(_value: string) {}
        }
        return Stock;
      },
    ],
    [
      'property',
      () => {
        class Stock {
          @refused
          find = async (): Promise<void> => {};
        }
        return Stock;
      },
    ],
    [
      'method that returns a string',
      () => {
        class Stock {
          @refused
          find(): string {
            return '';
          }
        }
        return Stock;
      },
    ],
    [
      'method that returns a list',
      () => {
        class Stock {
          @refused
          find(): string[] {
            return [];
          }
        }
        return Stock;
      },
    ],
    [
      'method that returns an object of a class',
      () => {
        class Stock {
          @refused
          find(): Date {
            return new Date();
          }
        }
        return Stock;
      },
    ],
    [
      'generator',
      () => {
        class Stock {
          @refused
          *find() {
            yield 1;
          }
        }
        return Stock;
      },
    ],
  ])('is refused on a %s while the class is defined', (_case, define) => {
    expect(define).toThrow(InvalidDecorationError);
    expect(define).toThrow('@Retry() on Stock.find');
  });

  it('is refused when it says the same twice', () => {
    expect(() => {
      class Stock {
        @Timeout(5)
        @Timeout(6)
        async find(): Promise<void> {}
      }
      return Stock;
    }).toThrow('@Timeout() on Stock.find: stands there twice');
  });

  it('is refused as a decorator of the standard, with what to set', () => {
    const method = async (): Promise<void> => {};
    expect(() => (Retry() as (...args: unknown[]) => void)(method, { kind: 'method', name: 'find' })).toThrow(
      /experimentalDecorators/,
    );
  });

  it('cannot be given `returns` for a whole class', () => {
    expect(() => {
      @Resilient({ returns: 'observable' })
      class Stock {
        @Retry()
        async find(): Promise<void> {}
      }
      return Stock;
    }).toThrow(/"returns" is about one method/);
  });
});

/** Past the types, which refuse these too. */
function refused(...args: unknown[]): void {
  (Retry() as (...args: unknown[]) => void)(...args);
}

describe('a decorated method', () => {
  it('is wrapped once, where the lowest decorator is', async () => {
    const calls: string[] = [];
    const theirs =
      (name: string) =>
      (_target: object, _key: string, descriptor: PropertyDescriptor): void => {
        const inner = descriptor.value as (...args: unknown[]) => unknown;
        descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
          calls.push(name);
          return inner.apply(this, args);
        };
      };
    class Stock {
      attempts = 0;
      @Retry({ maxAttempts: 3 })
      @theirs('between')
      @Timeout(500)
      @theirs('below')
      async find(): Promise<number> {
        this.attempts += 1;
        if (this.attempts < 3) throw new Error('not yet');
        return this.attempts;
      }
    }
    const registry = new ClockedRegistry();
    bindResilience([Stock], registry);
    const found = new Stock().find();
    await registry.time.advance(1_000);
    await expect(found).resolves.toBe(3);
    expect(calls).toEqual(['between', 'below', 'below', 'below']);
    expect(registry.declarations.map(({ policies }) => policies.map(({ kind }) => kind))).toEqual([
      ['timeout', 'retry'],
    ]);
  });

  it('cannot be constructed, as it could not before', () => {
    class Stock {
      @Retry()
      async find(): Promise<void> {}
    }
    const find = Stock.prototype.find as unknown as new () => unknown;
    expect(find).not.toHaveProperty('prototype');
    expect(() => new find()).toThrow(TypeError);
  });

  it('stays as visible and writable as it was', () => {
    class Stock {
      @Retry()
      async find(): Promise<void> {}
    }
    expect(Object.getOwnPropertyDescriptor(Stock.prototype, 'find')).toMatchObject({
      enumerable: false,
      configurable: true,
      writable: true,
    });
  });
});

function policiesOf(type: object) {
  return Object.fromEntries((declarationsOf(type)[0]?.policies ?? []).map((policy) => [policy.kind, policy]));
}
