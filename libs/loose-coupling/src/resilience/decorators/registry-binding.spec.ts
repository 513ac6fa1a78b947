import type { CompiledPipeline } from '../pipeline/policy-set.port.js';
import type { MethodDeclaration } from '../registry/method-declaration.js';
import { Bulkhead } from './bulkhead.decorator.js';
import { bindInstance, bindResilience, declarationsOf, unbindResilience } from './registry-binding.js';
import { Retry } from './retry.decorator.js';
import { ClockedRegistry } from './testing/clocked-registry.js';

/** Whose registry runs a call. */
class NamedRegistry extends ClockedRegistry {
  ran = 0;
  override pipelineFor(declaration: MethodDeclaration): CompiledPipeline {
    const pipeline = super.pipelineFor(declaration);
    if (Object.hasOwn(pipeline, 'call')) return pipeline;
    const inner = pipeline.call.bind(pipeline);
    const call: CompiledPipeline['call'] = (...args) => {
      this.ran += 1;
      return inner(...args);
    };
    return Object.assign(pipeline, { call });
  }
}

function setUp() {
  class Stock {
    @Retry()
    async find(): Promise<string> {
      return 'found';
    }
    @Retry()
    static async all(): Promise<string> {
      return 'all';
    }
  }
  return { Stock, first: new NamedRegistry(), second: new NamedRegistry() };
}

describe('bindResilience', () => {
  it('compiles at the first call, once for each registry', async () => {
    const { Stock, first } = setUp();
    bindResilience([Stock], first);
    expect(first.declarations).toEqual([]);
    await Promise.all([new Stock().find(), new Stock().find()]);
    expect(first.declarations.map(({ name }) => name)).toEqual(['Stock.find']);
  });

  it('returns what it bound, of each class that inherits a method', () => {
    class Base {
      @Retry()
      async find(): Promise<void> {}
    }
    class Left extends Base {}
    class Right extends Base {
      @Bulkhead()
      override async find(): Promise<void> {}
    }
    const bound = bindResilience([Left, Right, Object], new ClockedRegistry());
    expect(bound.map(({ name }) => name)).toEqual(['Left.find', 'Right.find', 'Base.find of Right']);
    expect(declarationsOf(Left)[0]).toBe(bound[0]);
  });

  it('takes over calls of a method that another registry has run', async () => {
    const { Stock, first, second } = setUp();
    const stock = new Stock();
    bindResilience([Stock], first);
    await stock.find();
    unbindResilience(first);
    bindResilience([Stock], second);
    await stock.find();
    expect([first.ran, second.ran]).toEqual([1, 1]);
  });

  it('looks nothing up while one registry runs the class', async () => {
    const { Stock, first } = setUp();
    bindResilience([Stock], first);
    const stock = new Stock();
    await stock.find();
    const get = jest.spyOn(WeakMap.prototype, 'get');
    const mapGet = jest.spyOn(Map.prototype, 'get');
    try {
      const found = Stock.prototype.find.call(stock);
      expect([get.mock.calls.length, mapGet.mock.calls.length]).toEqual([0, 0]);
      await found;
    } finally {
      get.mockRestore();
      mapGet.mockRestore();
    }
    expect(first.ran).toBe(2);
  });

  it('returns a method that all classes share by name once', () => {
    class Base {
      @Retry('patient')
      async find(): Promise<void> {}
    }
    class Left extends Base {}
    class Right extends Base {}
    const bound = bindResilience([Left, Right], new ClockedRegistry());
    expect(bound.map(({ name }) => name)).toEqual(['Base.find']);
  });
});

describe('while two registries run a class', () => {
  it('each runs the instances that were bound to it', async () => {
    const { Stock, first, second } = setUp();
    const [ofFirst, ofSecond] = [new Stock(), new Stock()];
    bindResilience([Stock], first);
    bindInstance(ofFirst, first);
    await ofFirst.find();
    bindResilience([Stock], second);
    bindInstance(ofSecond, second);
    await ofFirst.find();
    await ofSecond.find();
    await ofFirst.find();
    expect([first.ran, second.ran]).toEqual([3, 1]);
  });

  it('the one bound last runs statics and instances that nobody has bound', async () => {
    const { Stock, first, second } = setUp();
    bindResilience([Stock], first);
    bindResilience([Stock], second);
    await new Stock().find();
    await Stock.all();
    expect([first.ran, second.ran]).toEqual([0, 2]);
  });

  it('one that is unbound runs nothing any more, its own instances included', async () => {
    const { Stock, first, second } = setUp();
    const third = new NamedRegistry();
    const ofFirst = new Stock();
    for (const registry of [first, second, third]) bindResilience([Stock], registry);
    bindInstance(ofFirst, first);
    unbindResilience(first);
    await ofFirst.find();
    expect([first.ran, second.ran, third.ran]).toEqual([0, 0, 1]);
  });

  it('the one that stays runs all of them when the other is unbound', async () => {
    const { Stock, first, second } = setUp();
    const ofSecond = new Stock();
    bindResilience([Stock], first);
    bindResilience([Stock], second);
    bindInstance(ofSecond, second);
    await ofSecond.find();
    unbindResilience(second);
    await ofSecond.find();
    expect([first.ran, second.ran]).toEqual([1, 1]);
  });
});

it('bindInstance takes any object', () => {
  const registry = new ClockedRegistry();
  expect(() =>
    [{}, Object.create(null), [], () => 1].forEach((instance) => bindInstance(instance, registry)),
  ).not.toThrow();
});

it('unbindResilience takes a registry that never ran anything', () => {
  expect(() => unbindResilience(new ClockedRegistry())).not.toThrow();
});
