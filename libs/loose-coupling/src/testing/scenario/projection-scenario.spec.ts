import { EventType, On, Projection, type ProjectionContext } from '../../event-sourcing/runtime.js';
import { given } from './given.js';

@EventType('stock.counted')
class StockWasCounted {
  constructor(readonly quantity: number) {}
}

@EventType('stock.cleared')
class StockWasCleared {}

@Projection({ name: 'stock' })
class StockList {
  @On(StockWasCounted)
  counted({ quantity }: StockWasCounted, { envelope, documents }: ProjectionContext<number>): void {
    if (quantity < 0) throw new RangeError('less than nothing');
    documents.update(envelope.streamName, (before = 0) => before + quantity);
  }

  @On(StockWasCleared)
  cleared(_event: StockWasCleared, { envelope, documents }: ProjectionContext<number>): void {
    documents.delete(envelope.streamName);
  }
}

const stock = { projection: StockList };

describe('given, when, then of a projection', () => {
  it('shows the documents', async () => {
    const counted = [new StockWasCounted(2), { event: new StockWasCounted(7), stream: 'b' }];
    await expect(
      given(stock, counted, { id: 'a' }).when(new StockWasCounted(3)).thenState({ a: 5, b: 7 }),
    ).resolves.toBeUndefined();
    await expect(
      given(stock, counted, { id: 'a' }).when(new StockWasCleared()).thenState({ a: undefined, b: 7 }),
    ).resolves.toBeUndefined();
    await expect(given(stock).when(new StockWasCounted(-1)).thenThrows(RangeError)).resolves.toBeUndefined();
  });

  it('tells of another document', async () => {
    const outcome = given({ projection: new StockList() }).when(new StockWasCounted(1));
    await expect(outcome.thenState({ '1': 2 })).rejects.toThrow(/StockList with 0 events: the state is another/);
  });
});
