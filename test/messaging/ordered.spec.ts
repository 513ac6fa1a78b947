import { Injectable } from '@nestjs/common';
import { defineEvent, OnEvent, RetryLater, type MessageContext } from 'nestjs-loose-coupling';
import { z } from 'zod';
import { closeApps, startApp } from './start-app.js';

const Booked = defineEvent('shop.booked', {
  schema: z.object({ account: z.string(), entry: z.number() }),
  key: ({ account }) => account,
  ordered: true,
});
type Booking = { account: string; entry: number };
const queue = 'app-shop-booked.fifo';

afterEach(closeApps);

describe('an ordered contract', () => {
  it('leaves a message all its attempts, however often the one before it of its key was put off', async () => {
    const ran: string[] = [];
    @Injectable()
    class Ledger {
      @OnEvent(Booked, { retry: { maxAttempts: 5, initialDelay: 0, maxDelay: 0 } })
      handle({ entry }: Booking, { attempt }: MessageContext) {
        ran.push(`${entry}:${attempt}`);
        if (entry === 1 && attempt <= 5) throw new RetryLater(0);
        if (entry === 2 && attempt === 1) throw new Error('passing');
      }
    }
    const { bus, probe, transport } = await startApp({ providers: [Ledger] });

    await bus.publishAll([1, 2].map((entry) => ({ event: Booked, data: { account: 'a', entry } })));
    await probe.consumed(Booked, ({ data }) => data.entry === 2);

    expect(ran).toEqual(['1:1', '1:2', '1:3', '1:4', '1:5', '1:6', '2:1', '2:2']);
    expect(await transport.queue('app-shop-booked-dlq.fifo').depth()).toMatchObject({ available: 0 });
  });

  it('handles other keys while many messages of one wait behind a slow handler', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const ran: string[] = [];
    @Injectable()
    class Ledger {
      @OnEvent(Booked, { concurrency: 10 })
      async handle({ account, entry }: Booking) {
        if (account === 'slow') await gate;
        ran.push(`${account} ${entry}`);
      }
    }
    const { bus, probe, transport } = await startApp({ providers: [Ledger] });

    const bookings = Array.from({ length: 10 }, (_, entry) => ({ event: Booked, data: { account: 'slow', entry } }));
    await bus.publishAll(bookings);
    while ((await transport.queue(queue).depth()).inFlight < 10) await new Promise(setImmediate);
    await bus.publish(Booked, { account: 'fast', entry: 0 });
    await probe.consumed(Booked, ({ data }) => data.account === 'fast');

    expect(ran).toEqual(['fast 0']);
    open();
    await probe.consumed(Booked, ({ data }) => data.entry === 9);
    expect(ran).toEqual(['fast 0', ...bookings.map(({ data }) => `slow ${data.entry}`)]);
  });
});
