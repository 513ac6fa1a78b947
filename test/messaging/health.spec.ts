import { Injectable } from '@nestjs/common';
import {
  defineEvent,
  LocalTransport,
  MessageTransport,
  MessagingHealthIndicator,
  OnEvent,
  openLocalBroker,
  type MessageQueue,
} from 'nestjs-loose-coupling';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import { QueueConsumer } from '../../libs/loose-coupling/src/messaging/consumer/queue-consumer.js';
import { closeApps, startApp } from './start-app.js';

afterEach(closeApps);

const Placed = defineEvent('shop.order.placed');

@Injectable()
class Stock {
  @OnEvent(Placed)
  reserve(): void {}
}

/** A queue of which each receive does what `answer` does. */
async function receivingFrom(answer: MessageQueue['receive']) {
  const clock = new FakeClock();
  const broker = await openLocalBroker({ clock });
  const transport = new LocalTransport(broker);
  await transport.provision({
    queues: [{ name: 'work', fifo: false, visibilityTimeout: 30_000, maxReceiveCount: 3 }],
    topics: [],
    subscriptions: [],
  });
  const queue = new Proxy(transport.queue('work'), {
    get: (target, name) => (name === 'receive' ? answer : (Reflect.get(target, name) as unknown)),
  });
  const consumer = new QueueConsumer({
    queue,
    clock,
    handle: async () => ({ action: 'acknowledge' }),
    onError: () => undefined,
  });
  const status = () => {
    const { inFlight, lastSuccessfulPoll, failingSince } = consumer;
    return {
      queue: 'work',
      inFlight,
      ...(lastSuccessfulPoll !== undefined && { lastSuccessfulPoll }),
      ...(failingSince !== undefined && { failingSince }),
    };
  };
  const indicator = new MessagingHealthIndicator({ queues: () => [status()] }, clock);
  consumer.start();
  return { clock, health: () => indicator.isHealthy('queues').queues, close: () => consumer.stop() };
}

describe('the health of messaging', () => {
  it('is up while queues are received from, and shows each', async () => {
    const app = await startApp({ providers: [Stock] });
    const { queues } = app.get(MessagingHealthIndicator).isHealthy('queues');
    expect(queues).toMatchObject({ status: 'up', queues: { 'app-shop-order-placed': { status: 'up' } } });
    expect(app.get(MessageTransport)).toBeDefined();
  });

  it('is down for a queue that ought to be received from and is not', async () => {
    const app = await startApp({ providers: [Stock] });
    const { queues } = app.get(MessagingHealthIndicator).isHealthy('queues', { queues: ['invoices'] });
    expect(queues).toEqual({ status: 'down', queues: { invoices: { status: 'down', inFlight: 0 } } });
  });

  it('is down when receiving has failed for longer than is tolerated, and up with the first answer', async () => {
    let isAway = true;
    const { clock, health, close } = await receivingFrom(async () => {
      if (isAway) throw new Error('away');
      return [];
    });
    await clock.advance(59_000);
    expect(health().status).toBe('up');
    await clock.advance(2_000);
    expect(health().status).toBe('down');
    isAway = false;
    await clock.advance(60_000);
    expect(health()).toMatchObject({ status: 'up', queues: { work: { lastSuccessfulPoll: expect.any(String) } } });
    await close();
  });

  it('is down when receives hang, each of which is given up for another', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { clock, health, close } = await receivingFrom((options) => {
      signals.push(options.signal);
      return new Promise(() => undefined);
    });
    await clock.advance(180_000);
    expect(health().status).toBe('down');
    expect(signals.length).toBeGreaterThan(1);
    expect(signals[0]?.aborted).toBe(true);
    const closing = close();
    await clock.advance(120_000);
    await closing;
  });
});
