import { Injectable } from '@nestjs/common';
import { defineEvent, OnEvent } from 'nestjs-loose-coupling';
import { closeApps, startApp } from './start-app.js';

const Placed = defineEvent('shop.order.placed');
const Paid = defineEvent('shop.order.paid');

@Injectable()
class Orders {
  readonly seen: string[] = [];

  @OnEvent(Placed)
  placed() {
    this.seen.push('placed');
  }

  @OnEvent(Paid)
  paid() {
    this.seen.push('paid');
  }
}

afterEach(closeApps);

describe('a redrive', () => {
  it('sends a dead letter to the queue of its own dead-letter queue, whatever queue the message claims', async () => {
    const { transport, deadLetters, probe, get } = await startApp({ providers: [Orders] });
    const time = '2026-01-01T00:00:00.000Z';
    const body = JSON.stringify({ specversion: '1.0', id: '1', source: 'test', type: Placed.name, time, data: {} });
    const claim = JSON.stringify({ errorType: 'E', message: '', failedAt: time, originalQueue: 'app-shop-order-paid' });
    await transport.queue('app-shop-order-placed-dlq').send([{ body, attributes: { 'lc-dead-letter': claim } }]);

    expect(await deadLetters.redrive('app-shop-order-placed')).toMatchObject({ redriven: 1 });

    await probe.consumed(Placed);
    expect(get(Orders).seen).toEqual(['placed']);
    expect(await deadLetters.peek('app-shop-order-paid')).toEqual([]);
  });
});
