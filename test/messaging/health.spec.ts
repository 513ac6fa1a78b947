import { Injectable } from '@nestjs/common';
import {
  defineEvent,
  InvalidOptionsError,
  LocalTransport,
  MessagingHealthIndicator,
  OnEvent,
  openLocalBroker,
  type MessageQueue,
} from 'nestjs-loose-coupling';
import type { MessagingHealthOptions } from 'nestjs-loose-coupling';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import { sleep } from '../../libs/loose-coupling/src/kernel/index.js';
import type { HandleMessage } from '../../libs/loose-coupling/src/messaging/consumer/message-processor.js';
import { ACKNOWLEDGE } from '../../libs/loose-coupling/src/messaging/core/outcome.js';
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
async function receivingFrom(answer: MessageQueue['receive'], handle: HandleMessage = async () => ACKNOWLEDGE) {
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
    handle,
    settings: { concurrency: 1 },
    onError: () => undefined,
  });
  const status = () => {
    const { inFlight, lastSuccessfulPoll, pollAge } = consumer;
    return {
      queue: 'work',
      inFlight,
      ...(lastSuccessfulPoll !== undefined && { lastSuccessfulPoll }),
      ...(pollAge !== undefined && { pollAge }),
    };
  };
  const indicator = new MessagingHealthIndicator({ queues: () => [status()] });
  consumer.start();
  const health = (options?: MessagingHealthOptions) => indicator.isHealthy('queues', options).queues;
  return { clock, consumer, health, close: () => consumer.stop() };
}

describe('the health of messaging', () => {
  it('is up while queues are received from, and shows each', async () => {
    const app = await startApp({ providers: [Stock] });
    const { queues } = app.get(MessagingHealthIndicator).isHealthy('queues');
    expect(queues).toMatchObject({ status: 'up', queues: { 'app-shop-order-placed': { status: 'up' } } });
  });

  it('is down for a queue that ought to be received from and is not', async () => {
    const app = await startApp({ providers: [Stock] });
    const { queues } = app.get(MessagingHealthIndicator).isHealthy('queues', { queues: ['invoices'] });
    expect(queues).toEqual({ status: 'down', queues: { invoices: { status: 'down', inFlight: 0 } } });
  });

  it.each<[string, object]>([
    ['maxPollAge: expected milliseconds above 0, got NaN', { maxPollAge: Number.NaN }],
    ['maxPollAge: expected milliseconds above 0, got 0', { maxPollAge: 0 }],
    ['maxPollAge: expected milliseconds above 0, got -1', { maxPollAge: -1 }],
    ['maxPollAge: expected milliseconds above 0, got Infinity', { maxPollAge: Infinity }],
    ['maxPollAge: expected milliseconds above 0, got "60000"', { maxPollAge: '60000' }],
    ['queues: expected a list of names of queues, got "invoices"', { queues: 'invoices' }],
    ['maxPolAge: unknown option; known are queues, maxPollAge', { maxPolAge: 5_000 }],
  ])('refuses what could never tell: %s', (fault, options) => {
    const indicator = new MessagingHealthIndicator({ queues: () => [] });
    expect(() => indicator.isHealthy('queues', options)).toThrow(InvalidOptionsError);
    expect(() => indicator.isHealthy('queues', options)).toThrow(fault);
  });

  it('names every fault of its options at once', () => {
    const indicator = new MessagingHealthIndicator({ queues: () => [] });
    const options = { maxPollAge: -1, queues: 'q' } as object;
    expect(() => indicator.isHealthy('queues', options)).toThrow(/queues: [^]*maxPollAge: /);
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

  it('is down when the last poll is older than is said, and up while long polls come back empty', async () => {
    const { clock, health, close } = await receivingFrom(async ({ wait }) => {
      await sleep(clock, wait);
      return [];
    });
    await clock.advance(45_000);
    expect(health().status).toBe('up');
    expect(health({ maxPollAge: 5_000 }).status).toBe('down');
    const closing = close();
    await clock.advance(20_000);
    await closing;
  });

  it('is up while every handler is busy, for however long, and asks for an answer from when one is free', async () => {
    let finish: () => void = () => undefined;
    let isThere = true;
    const { clock, health, close } = await receivingFrom(
      async () => {
        if (!isThere) return new Promise(() => undefined);
        isThere = false;
        return [{ messageId: '1', receiptHandle: 'r', body: '', attributes: {}, receiveCount: 1, sentAt: 0 }];
      },
      () => new Promise((resolve) => (finish = () => resolve(ACKNOWLEDGE))),
    );
    await clock.advance(600_000);
    expect(health()).toMatchObject({ status: 'up', queues: { work: { inFlight: 1 } } });
    finish();
    await clock.advance(59_000);
    expect(health().status).toBe('up');
    await clock.advance(2_000);
    expect(health().status).toBe('down');
    const closing = close();
    await clock.advance(120_000);
    await closing;
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
