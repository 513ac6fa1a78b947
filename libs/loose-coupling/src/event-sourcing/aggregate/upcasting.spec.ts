import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LooseCouplingModule } from '../../loose-coupling.module.js';
import { EventStore } from '../core/event-store.js';
import { EventType } from '../event-types/event-type.decorator.js';
import { read } from '../testing/event-store-under-test.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import type { EventUpcaster, RawEvent } from '../upcasting/upcaster.js';
import { defineUpcaster, Upcaster } from '../upcasting/upcaster.decorator.js';
import { Aggregate } from './aggregate.decorator.js';
import type { AggregateRepository } from './aggregate-repository.js';
import { getAggregateRepositoryToken } from './aggregate-repository.token.js';
import { Apply } from './apply.decorator.js';
import { EventSourcedAggregateRoot } from './event-sourced-aggregate-root.js';

@EventType('basket.opened', { version: 2 })
class BasketOpened {
  constructor(readonly currency: string) {}
}

@EventType('basket.line-added')
class LineAdded {
  constructor(readonly sku: string) {}
}

@Aggregate({ category: 'basket' })
class Basket extends EventSourcedAggregateRoot {
  currency = '';
  lines: string[] = [];

  add(sku: string): void {
    this.apply(new LineAdded(sku));
  }

  @Apply(BasketOpened)
  protected whenOpened({ currency }: BasketOpened): void {
    this.currency = currency;
  }

  @Apply(LineAdded)
  protected whenLineAdded({ sku }: LineAdded): void {
    this.lines.push(sku);
  }
}

@Injectable()
class Currencies {
  of(country: string): Promise<string> {
    return Promise.resolve(country === 'CH' ? 'CHF' : 'EUR');
  }
}

@Upcaster('basket.opened', { from: 1, to: 2 })
class CountryToCurrency implements EventUpcaster<{ country: string }> {
  constructor(private readonly currencies: Currencies) {}

  async upcast({ data }: RawEvent<{ country: string }>) {
    return { data: { currency: await this.currencies.of(data.country) } };
  }
}
Reflect.defineMetadata('design:paramtypes', [Currencies], CountryToCurrency);

const splitLines = defineUpcaster<{ skus: string[] }>(
  'basket.lines-added',
  { from: 1, to: { type: 'basket.line-added', version: 1 } },
  ({ data }) => data.skus.map((sku) => ({ data: { sku } })),
);
const dropViews = defineUpcaster('basket.viewed', { from: 1, to: [] }, () => null);

async function start(...features: Parameters<typeof LooseCouplingModule.forFeature>[0][]) {
  const imports = [
    LooseCouplingModule.forRoot(),
    ...features.map((feature) => LooseCouplingModule.forFeature(feature)),
  ];
  @Module({ imports, providers: [Currencies] })
  class App {}
  return (await Test.createTestingModule({ imports: [App] }).compile()).init();
}

describe('An aggregate with upcasters', () => {
  it('loads events of old, and expects the version that is stored', async () => {
    @Module({ providers: [Currencies], exports: [Currencies] })
    class CurrenciesModule {}
    const feature = LooseCouplingModule.forFeature({
      aggregates: [Basket],
      upcasters: [CountryToCurrency, splitLines, dropViews],
    });
    const app = await Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot(), { ...feature, imports: [CurrenciesModule] }],
    }).compile();
    await app.init();
    const store = app.get(EventStore);
    await store.appendToStream('basket-1', [
      { type: 'basket.opened', data: { country: 'CH' } },
      { type: 'basket.viewed', data: {} },
      { type: 'basket.lines-added', data: { skus: ['a', 'b', 'c'] } },
      { type: 'basket.viewed', data: {} },
    ]);
    const baskets = app.get<AggregateRepository<Basket>>(getAggregateRepositoryToken(Basket), { strict: false });
    const basket = await baskets.load('1');
    expect(basket).toMatchObject({ currency: 'CHF', lines: ['a', 'b', 'c'], version: 4 });
    basket.add('d');
    await basket.commit();
    expect(basket.version).toBe(5);
    expect((await read(store, 'basket-1')).map(({ type, version }) => [version, type]).slice(3)).toEqual([
      [4, 'basket.viewed'],
      [5, 'basket.line-added'],
    ]);
    expect((await baskets.load('1')).lines).toEqual(['a', 'b', 'c', 'd']);
    await store.appendToStream('basket-2', [{ type: 'basket.viewed', data: {} }]);
    expect(await baskets.load('2')).toMatchObject({ lines: [], version: 1 });
    await app.close();
  });

  it('does not start with a chain that is broken, and lists every fault', async () => {
    const feature = {
      aggregates: [Basket],
      upcasters: [
        defineUpcaster('basket.opened', { from: 3, to: 5 }, () => null),
        defineUpcaster('basket.opened', { from: 3, to: 4 }, () => null),
        defineUpcaster('basket.closed', { from: 1, to: 2 }, () => null),
      ],
    };
    await expect(start(feature)).rejects.toMatchObject({
      code: 'LC_INVALID_OPTIONS',
      faults: [
        expect.stringContaining('both take basket.opened@3'),
        expect.stringContaining('makes basket.opened@5, which neither'),
        expect.stringContaining('makes basket.closed@2, which neither'),
      ],
    });
  });

  it('takes a class of another feature, or one that is only listed, as the end of a chain', async () => {
    @EventType('basket.closed', { version: 2 })
    class BasketClosed {}
    const closed = defineUpcaster('basket.closed', { from: 1, to: 2 }, ({ data }) => ({ data }));
    const app = await start({ upcasters: [closed] }, { events: [BasketClosed] });
    expect(app.get(EventUpcasters).upcast({ type: 'basket.closed', schemaVersion: 1 } as never)).toMatchObject([
      { schemaVersion: 2 },
    ]);
    await app.close();
  });

  it('refuses what is no upcaster', () => {
    class NoUpcaster {
      upcast() {
        return null;
      }
    }
    expect(() => LooseCouplingModule.forFeature({ upcasters: [NoUpcaster] })).toThrow(/upcasters\[0\].*@Upcaster/);
  });
});
