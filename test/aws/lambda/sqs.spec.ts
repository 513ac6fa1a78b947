import { Injectable } from '@nestjs/common';
import {
  DeadLetter,
  defineCommand,
  defineEvent,
  OnCommand,
  OnDeadLetter,
  OnEvent,
  RetryLater,
  type MessageContext,
  type MessageQueue,
  type QueueEntry,
  type VisibilityChange,
} from 'nestjs-loose-coupling';
import { createSqsLambdaHandler, type SqsLambdaEvent } from 'nestjs-loose-coupling/aws';
import { closeApps, startApp, type RunningApp } from '../../messaging/start-app.js';
import { RECORDED_SQS_EVENT, sqsEventOf } from './recorded-events.js';

const Placed = defineEvent<{ orderId: string }>('shop.order.placed');
const Work = defineCommand<{ name: string; does?: string }>('shop.work');
const Booked = defineEvent<{ account: string; entry: number; fails?: boolean }>('shop.booking.made', {
  key: ({ account }) => account,
  ordered: true,
});

const seen: string[] = [];
let running = 0;
let mostRunning = 0;
let release = (): void => undefined;

@Injectable()
class Handlers {
  @OnEvent(Placed)
  placed({ orderId }: { orderId: string }, context: MessageContext) {
    seen.push(`placed ${orderId} ${context.attempt}`);
  }
  @OnCommand(Work, { retry: { maxAttempts: 3, initialDelay: 5_000, jitter: 'none' }, concurrency: 4 })
  async work({ name, does }: { name: string; does?: string }, context: MessageContext) {
    mostRunning = Math.max(mostRunning, ++running);
    await new Promise(setImmediate);
    running -= 1;
    seen.push(name);
    if (does === 'fail') throw new Error('The database is away');
    if (does === 'later') throw new RetryLater(60_000);
    if (does === 'give up') throw new DeadLetter('no such order');
    if (does === 'hang') {
      await new Promise<void>((resolve) => {
        release = resolve;
        context.signal.addEventListener('abort', () => resolve());
      });
      context.signal.throwIfAborted();
    }
  }
  @OnEvent(Booked, { queue: 'ledger', concurrency: 2, retry: { initialDelay: 0 } })
  async booked({ account, entry, fails }: { account: string; entry: number; fails?: boolean }) {
    await new Promise(setImmediate);
    seen.push(`${account}${entry}`);
    if (fails) throw new Error('The ledger is locked');
  }
}

@Injectable()
class Letters {
  @OnDeadLetter('shop-work')
  letter(_data: unknown, context: MessageContext) {
    seen.push(`letter ${context.deadLetter?.message}`);
  }
}

describe('createSqsLambdaHandler', () => {
  let app: RunningApp;
  beforeEach(async () => {
    seen.length = 0;
    mostRunning = 0;
    app = await startApp({ providers: [Handlers], consumer: { enabled: false } });
  });
  afterEach(closeApps);

  /** Receives a batch as Lambda does; runs it; deletes what did not fail. To the names of what failed. */
  const invoke = async (queue: string, max = 10, context?: { getRemainingTimeInMillis(): number }) => {
    const messages = await app.transport.queue(queue).receive({ max, wait: 0, visibilityTimeout: 900_000 });
    const { batchItemFailures } = await createSqsLambdaHandler(app.app)(sqsEventOf(queue, messages), context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = messages.filter(({ messageId }) => !failed.has(messageId));
    await app.transport.queue(queue).delete(done.map(({ receiptHandle }) => receiptHandle));
    return messages.filter(({ messageId }) => failed.has(messageId)).map(nameOf);
  };
  const nameOf = ({ body }: { body: string }): string => {
    const { data } = JSON.parse(body) as { data: { name?: string; account?: string; entry?: number } };
    return data.name ?? `${data.account}${data.entry}`;
  };

  /** The calls that write to a queue of the application, from now on. */
  const watch = (watched: string) => {
    const { transport } = app;
    const queue = transport.queue(watched);
    const calls = {
      send: jest.fn((entries: readonly QueueEntry[]) => queue.send(entries)),
      changeVisibility: jest.fn((changes: readonly VisibilityChange[]) => queue.changeVisibility(changes)),
    };
    const queueOf = transport.queue.bind(transport);
    jest
      .spyOn(transport, 'queue')
      .mockImplementation((name) =>
        name === watched ? (Object.assign(Object.create(queue), calls) as MessageQueue) : queueOf(name),
      );
    return calls;
  };

  it('runs the handlers of a recorded event', async () => {
    expect(await createSqsLambdaHandler(app.app)(RECORDED_SQS_EVENT)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['placed 1 1']);
  });

  it('leaves what was handled before to the inbox', async () => {
    const handler = createSqsLambdaHandler(app.app);
    expect(await handler(RECORDED_SQS_EVENT)).toEqual({ batchItemFailures: [] });
    expect(await handler(RECORDED_SQS_EVENT)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['placed 1 1']);
  });

  it('does not receive by itself', async () => {
    await app.bus.publish(Placed, { orderId: '2' });
    expect(await app.transport.queue('app-shop-order-placed').depth()).toMatchObject({ available: 1, inFlight: 0 });
    expect(seen).toEqual([]);
  });

  it('reports what failed, and nothing else, each with its own delay', async () => {
    for (const name of ['a', 'b', 'c', 'd']) {
      await app.bus.send(Work, { name, ...(name === 'b' && { does: 'fail' }), ...(name === 'c' && { does: 'later' }) });
    }
    const source = app.transport.queue('shop-work');
    const { changeVisibility } = watch('shop-work');
    expect(await invoke('shop-work')).toEqual(['b', 'c']);
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    const delays = changeVisibility.mock.calls.flatMap(([call]) => call.map(({ timeout }) => timeout));
    expect(delays.toSorted((a, b) => a - b)).toEqual([5_000, 60_000]);
    expect(await source.depth()).toMatchObject({ available: 0, inFlight: 2 });
  });

  it('handles a batch with the concurrency of the queue', async () => {
    for (let each = 0; each < 10; each += 1) await app.bus.send(Work, { name: String(each) });
    expect(await invoke('shop-work')).toEqual([]);
    expect(mostRunning).toBe(4);
  });

  it('copies to the dead-letter queue what is given up, and reports it as done', async () => {
    const source = app.transport.queue('shop-work');
    await app.bus.send(Work, { name: 'hopeless', does: 'give up' });
    await source.send([{ body: 'no JSON' }]);
    await app.bus.send(Work, { name: 'stubborn', does: 'fail' });
    const messages = await source.receive({ max: 10, wait: 0 });
    const lastAttempts = messages.map((message) => ({ ...message, receiveCount: 3 }));
    const handler = createSqsLambdaHandler(app.app);
    expect(await handler(sqsEventOf('shop-work', lastAttempts))).toEqual({ batchItemFailures: [] });
    const letters = await app.deadLetters.peek('shop-work', { limit: 10 });
    expect(letters.map(({ details }) => details.message).toSorted()).toEqual([
      'The database is away',
      expect.stringContaining('not JSON'),
      'no such order',
    ]);
  });

  it('reports a message as failed that the dead-letter queue does not take', async () => {
    await app.bus.send(Work, { name: 'hopeless', does: 'give up' });
    watch('shop-work-dlq').send.mockRejectedValue(new Error('no access'));
    expect(await invoke('shop-work')).toEqual(['hopeless']);
  });

  it('leaves the rest of a FIFO group undone after a failure, and goes on with other groups', async () => {
    for (let entry = 1; entry <= 3; entry += 1) {
      await app.bus.publish(Booked, { account: 'a', entry, fails: entry === 2 });
      await app.bus.publish(Booked, { account: 'b', entry });
    }
    expect(await invoke('ledger.fifo')).toEqual(['a2', 'a3']);
    expect(seen.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2', 'b3']);
    expect(seen.filter((each) => each.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  });

  it.each([1, 2, 10])('keeps groups in order with a concurrency of %i', async (concurrency) => {
    const records = ['a', 'b', 'c'].flatMap((account) => [1, 2, 3].map((entry) => ({ account, entry })));
    for (const each of records.toSorted((a, b) => a.entry - b.entry)) await app.bus.publish(Booked, each);
    const messages = await app.transport.queue('ledger.fifo').receive({ max: 10, wait: 0 });
    await createSqsLambdaHandler(app.app, { concurrency })(sqsEventOf('ledger.fifo', messages));
    for (const account of ['a', 'b', 'c']) {
      expect(seen.filter((each) => each.startsWith(account))).toEqual([1, 2, 3].map((entry) => `${account}${entry}`));
    }
  });

  it('answers before its time is up, with what is done', async () => {
    await app.bus.send(Work, { name: 'slow', does: 'hang' });
    await app.bus.send(Work, { name: 'quick' });
    expect(await invoke('shop-work', 10, { getRemainingTimeInMillis: () => 100 })).toEqual(['slow']);
    release();
  });

  it('leaves the delay to the queue when it is not to change it', async () => {
    await app.bus.send(Work, { name: 'b', does: 'fail' });
    const source = app.transport.queue('shop-work');
    const messages = await source.receive({ max: 10, wait: 0 });
    const { changeVisibility } = watch('shop-work');
    const handler = createSqsLambdaHandler(app.app, { changeVisibility: false });
    expect((await handler(sqsEventOf('shop-work', messages))).batchItemFailures).toHaveLength(1);
    expect(changeVisibility).not.toHaveBeenCalled();
  });

  it('reports failures also when it may not change the visibility', async () => {
    await app.bus.send(Work, { name: 'b', does: 'fail' });
    const { changeVisibility } = watch('shop-work');
    changeVisibility.mockRejectedValue(new Error('AccessDenied'));
    expect(await invoke('shop-work')).toEqual(['b']);
    expect(changeVisibility).toHaveBeenCalled();
  });

  it('takes dead letters to their handlers', async () => {
    const letters = await startApp({ providers: [Letters], consumer: { enabled: false } });
    const handler = createSqsLambdaHandler(letters.app);
    const details = JSON.stringify({ message: 'why', errorType: 'Error', attempts: 5 });
    const [record] = RECORDED_SQS_EVENT.Records;
    const event: SqsLambdaEvent = {
      Records: [
        {
          ...record,
          eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:shop-work-dlq',
          messageAttributes: { 'lc-dead-letter': { stringValue: details, dataType: 'String' } },
        } as SqsLambdaEvent['Records'][number],
      ],
    };
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['letter why']);
  });
});
