import { Injectable } from '@nestjs/common';
import { defineEvent, OnEvent } from 'nestjs-loose-coupling';
import { EventStore } from 'nestjs-loose-coupling/event-sourcing';
import { closeApps, startApp } from '../messaging/start-app.js';

const Paid = defineEvent<{ orderId: string }>('shop.order.paid');
const fact = (type: string) => [{ type, data: {} }];

@Injectable()
class Ledger {
  commits = 1;
  failures = 0;

  constructor(private readonly store: EventStore) {}

  @OnEvent(Paid, { retry: { maxAttempts: 5, initialDelay: 0, maxDelay: 0 } })
  async book({ orderId }: { orderId: string }): Promise<void> {
    for (let count = 1; count <= this.commits; count += 1) {
      await this.store.appendToStream(`ledger-${orderId}`, fact(`booked-${count}`));
    }
    if (this.failures-- > 0) throw new Error('lost after the commit');
  }

  async booked(orderId: string): Promise<string[]> {
    const types: string[] = [];
    for await (const { type } of this.store.readStream(`ledger-${orderId}`)) types.push(type);
    return types;
  }
}

afterEach(closeApps);

describe.each([{ type: 'memory' } as const, { type: 'sqlite', file: ':memory:' } as const])('on $type', (store) => {
  it('a handler that fails after its commit has its effect once, and the message is a dead letter at once', async () => {
    const { bus, probe, get, deadLetter } = await startApp({ providers: [Ledger], store });
    get(Ledger).failures = 1;

    await bus.publish(Paid, { orderId: '1' }, { id: 'paid-1' });
    const letter = await deadLetter('app-shop-order-paid');
    expect(letter.details).toMatchObject({ errorCode: 'LC_FAILED_AFTER_COMMIT', attempts: 1 });
    expect(letter.details).toMatchObject({ message: expect.stringContaining('lost after the commit') });

    await bus.publish(Paid, { orderId: '1' }, { id: 'paid-1' });
    await bus.publish(Paid, { orderId: '2' }, { id: 'paid-2' });
    await probe.consumed(Paid, ({ data }) => data.orderId === '2');

    expect(await get(Ledger).booked('1')).toEqual(['booked-1']);
  });

  it('a second commit in one run is a dead letter at once, as a redelivery would skip what is missing', async () => {
    const { bus, get, deadLetter } = await startApp({ providers: [Ledger], store });
    get(Ledger).commits = 2;

    await bus.publish(Paid, { orderId: '3' });

    const letter = await deadLetter('app-shop-order-paid');
    expect(letter.details).toMatchObject({ errorCode: 'LC_SECOND_COMMIT', attempts: 1 });
    expect(await get(Ledger).booked('3')).toEqual(['booked-1']);
  });
});
