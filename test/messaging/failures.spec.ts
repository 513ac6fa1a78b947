import { Injectable } from '@nestjs/common';
import {
  DeadLetter,
  defineCommand,
  defineEvent,
  Discard,
  OnCommand,
  OnDeadLetter,
  OnEvent,
  RetryLater,
  S3_TEST_EVENT,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import { z } from 'zod';
import { closeApps, startApp } from './start-app.js';

const Placed = defineEvent('shop.order.placed', { schema: z.object({ id: z.string() }) });
const quick = { initialDelay: 0, maxDelay: 0 };
const queue = 'app-shop-order-placed';

/** Fails for ids that say how, and handles all others. */
@Injectable()
class Orders {
  readonly attempts: number[] = [];
  heal = false;

  @OnEvent(Placed, { retry: { ...quick, maxAttempts: 3 } })
  handle({ id }: { id: string }, { attempt, lastAttempt }: MessageContext) {
    if (this.heal || id === 'fine') return;
    this.attempts.push(attempt);
    if (id === 'thrice' && lastAttempt) return;
    if (id === 'dead') throw new DeadLetter('no such customer', { cause: new Error('404') });
    if (id === 'discard') throw new Discard('too old');
    if (id === 'later' && attempt <= 5) throw new RetryLater(0, 'not there yet');
    if (id === 'later') return;
    throw new RangeError('no stock');
  }
}

afterEach(closeApps);

const raw = (data: unknown, type = Placed.name) =>
  JSON.stringify({ specversion: '1.0', id: 'raw-1', source: 'test', type, time: '2026-01-01T00:00:00.000Z', data });

describe('a handler that throws', () => {
  it('is tried again until its last attempt', async () => {
    const { bus, probe, get } = await startApp({ providers: [Orders] });

    await bus.publish(Placed, { id: 'thrice' });

    await probe.consumed(Placed);
    expect(get(Orders).attempts).toEqual([1, 2, 3]);
  });

  it('waits longer before each attempt', async () => {
    @Injectable()
    class Slow {
      @OnEvent(Placed, { retry: { maxAttempts: 4, initialDelay: 1_000, maxDelay: 3_000, jitter: 'none' } })
      handle() {
        throw new Error('never');
      }
    }
    const { bus, probe, get } = await startApp({ providers: [Slow], clock: 'fake' });
    const clock = get(FakeClock);
    const attemptsBy = async (ms: number) => {
      // In small steps: what a timer starts takes several turns of the event loop until it sets the next.
      for (let passed = 0; passed < ms; passed += 50) await clock.advance(50);
      return probe.all('failed').length;
    };

    await bus.publish(Placed, { id: '1' });

    expect(await attemptsBy(900)).toBe(1);
    expect(await attemptsBy(400)).toBe(2);
    expect(await attemptsBy(1_600)).toBe(2);
    expect(await attemptsBy(500)).toBe(3);
    expect(await attemptsBy(2_500)).toBe(3);
    expect(await attemptsBy(700)).toBe(4);
  });

  it.each([
    ['always', { errorType: 'RangeError', message: 'no stock', attempts: 3 }],
    ['dead', { errorType: 'DeadLetter', errorCode: 'LC_DEAD_LETTER', message: 'no such customer', attempts: 1 }],
  ])('sends "%s" to the dead-letter queue with the reason', async (id, expected) => {
    const { bus, deadLetter } = await startApp({ providers: [Orders] });

    await bus.publish(Placed, { id });

    const { details, envelope } = await deadLetter(queue);
    expect(details).toMatchObject({
      ...expected,
      originalQueue: queue,
      handler: 'app/Orders.handle',
      redriveCount: 0,
      stack: expect.stringContaining('Orders.handle'),
    });
    expect(envelope?.data).toEqual({ id });
  });

  it('drops the message with Discard', async () => {
    const { bus, probe, transport } = await startApp({ providers: [Orders] });

    await bus.publish(Placed, { id: 'discard' });
    await probe.failed(Placed);
    await bus.publish(Placed, { id: 'fine' });
    await probe.consumed(Placed);

    expect(await transport.queue(`${queue}-dlq`).depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
  });

  it('postpones the message with RetryLater, beyond its last attempt', async () => {
    const { bus, probe, get } = await startApp({ providers: [Orders] });

    await bus.publish(Placed, { id: 'later' });

    await probe.consumed(Placed);
    expect(get(Orders).attempts).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is given up when it asks for a later attempt for ever', async () => {
    @Injectable()
    class Never {
      @OnEvent(Placed, { retry: { maxAttempts: 2 } })
      handle() {
        throw new RetryLater(0);
      }
    }
    const { bus, deadLetter } = await startApp({ providers: [Never] });

    await bus.publish(Placed, { id: '1' });

    expect((await deadLetter(queue)).details).toMatchObject({ errorCode: 'LC_RETRY_LATER', attempts: 12 });
  });

  it('logs each failure once, and never the data', async () => {
    const lines: string[] = [];
    const log = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
    const logger = { log: log('log'), warn: log('warn'), error: log('error'), debug: log('debug') };
    const { bus, deadLetter } = await startApp({ providers: [Orders], logger });

    const { id } = await bus.publish(Placed, { id: 'secret' });
    await deadLetter(queue);

    const name = (attempt: number) =>
      `shop.order.placed ${id} in app/Orders.handle from queue ${queue}, attempt ${attempt},`;
    expect(lines).toEqual([
      `warn ${name(1)} failed, again in 0 ms: RangeError: no stock`,
      `warn ${name(2)} failed, again in 0 ms: RangeError: no stock`,
      `error ${name(3)} failed and goes to the dead-letter queue: RangeError: no stock`,
    ]);
  });

  it('is not kept from its fate by a logger that throws', async () => {
    const broken = () => {
      throw new Error('disk full');
    };
    const { bus, deadLetter } = await startApp({
      providers: [Orders],
      logger: { log: broken, warn: broken, error: broken },
    });

    await bus.publish(Placed, { id: 'always' });

    expect((await deadLetter(queue)).details.attempts).toBe(3);
  });
});

/** What S3 sends once to what it is told to notify. */
const s3Test = JSON.stringify({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-11-28T12:00:00.000Z',
  Bucket: 'uploads',
  RequestId: 'REQUEST',
  HostId: 'HOST',
});

describe('the test notification of S3', () => {
  it('is acknowledged, and logged for whoever debugs', async () => {
    const debug: string[] = [];
    const logger = { log() {}, warn() {}, error() {}, debug: (text: string) => void debug.push(text) };
    const { transport, bus, probe } = await startApp({ providers: [Orders], logger });
    await transport.queue(queue).send([{ body: s3Test }]);
    await bus.publish(Placed, { id: 'fine' });
    await probe.consumed(Placed);
    expect(await transport.queue(`${queue}-dlq`).depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
    expect(debug).toEqual([expect.stringMatching(/^com\.amazonaws\.s3\.TestEvent REQUEST\.HOST .* is the test of S3/)]);
  });

  it('is given to a handler that is for it', async () => {
    const buckets: unknown[] = [];
    @Injectable()
    class Tests {
      @OnEvent(defineEvent<{ Bucket: string }>(S3_TEST_EVENT), { queue: 'uploads' })
      tested({ Bucket }: { Bucket: string }) {
        buckets.push(Bucket);
      }
    }
    const { transport, probe } = await startApp({ providers: [Tests] });
    await transport.queue('uploads').send([{ body: s3Test }]);
    await probe.consumed(S3_TEST_EVENT);
    expect(buckets).toEqual(['uploads']);
  });
});

describe('a message that no handler can be given', () => {
  it.each([
    ['cannot be parsed', 'not json', { errorType: 'UnparsableMessageError', errorCode: 'LC_UNPARSABLE_MESSAGE' }],
    [
      'fails its schema',
      raw({ id: 7 }),
      { errorType: 'InvalidMessageDataError', errorCode: 'LC_INVALID_MESSAGE_DATA' },
    ],
    ['has no handler', raw({}, 'shop.other'), { errorType: 'NoHandlerError', errorCode: 'LC_NO_HANDLER' }],
    [
      'is over the size limit',
      raw({ id: 'x'.repeat(2_000) }),
      { errorType: 'MessageTooLargeError', errorCode: 'LC_MESSAGE_TOO_LARGE' },
    ],
  ])('because it %s goes to the dead-letter queue at once, and the rest flow on', async (_why, body, expected) => {
    const { bus, probe, transport, deadLetter } = await startApp({
      providers: [Orders],
      consumer: { maxMessageBytes: 1_000 },
    });

    await transport.queue(queue).send([{ body }]);
    await bus.publish(Placed, { id: 'fine' });

    await probe.consumed(Placed, ({ data }) => data.id === 'fine');
    const letter = await deadLetter(queue);
    expect(letter.details).toMatchObject({ ...expected, attempts: 1, originalQueue: queue });
    expect(letter.details.message).not.toBe('');
    expect(letter.body).toBe(body);
  });

  it('because it has expired is dropped', async () => {
    const { bus, probe, transport } = await startApp({ providers: [Orders] });
    const expired = { ...JSON.parse(raw({ id: 'expired' })), expirytime: '2020-01-01T00:00:00Z' };

    await transport.queue(queue).send([{ body: JSON.stringify(expired) }]);
    await bus.publish(Placed, { id: 'fine' });
    await probe.consumed(Placed);

    expect(probe.all('consumed').map(({ data }) => data)).toEqual([{ id: 'fine' }]);
    expect(await transport.queue(`${queue}-dlq`).depth()).toMatchObject({ available: 0 });
  });
});

describe('a message that names a queue for its reply', () => {
  const REPLIES = 'app-replies-0190a0b0-0000-7000-8000-000000000000';
  const Reserve = defineCommand<unknown>('app.stock.reserve');

  @Injectable()
  class Failing {
    @OnEvent(Placed, { retry: { ...quick, maxAttempts: 2 } })
    @OnCommand(Reserve, { retry: { ...quick, maxAttempts: 2 } })
    handle() {
      throw new Error('no');
    }
  }

  it.each([
    ['an event', queue, Placed.name, REPLIES],
    ['a command that names any other queue', Reserve.queue, Reserve.name, 'salaries'],
  ])('is tried again and given up like any other when it is %s', async (_what, target, type, replyto) => {
    const { transport, deadLetter } = await startApp({ providers: [Failing] });
    const other = { name: replyto, fifo: false, visibilityTimeout: 1_000, maxReceiveCount: 10 };
    await transport.provision({ queues: [other], topics: [], subscriptions: [] });

    const message = JSON.parse(raw({ id: '1' }, type)) as object;
    await transport.queue(target).send([{ body: JSON.stringify({ ...message, replyto }) }]);

    expect((await deadLetter(target)).details).toMatchObject({ message: 'no', attempts: 2 });
    expect(await transport.queue(replyto).depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
  });
});

describe('redrive', () => {
  it('sends dead letters back, where they are handled as if new', async () => {
    const { bus, probe, get, deadLetter, deadLetters } = await startApp({ providers: [Orders] });
    await bus.publish(Placed, { id: 'always' });
    await deadLetter(queue);
    expect(await deadLetters.list()).toEqual([
      { name: `${queue}-dlq`, originalQueue: queue, available: 1, inFlight: 0, delayed: 0 },
    ]);
    get(Orders).heal = true;

    expect(await deadLetters.redrive(queue)).toEqual({ redriven: 1, skipped: 0, hidden: 0 });

    const { context } = await probe.consumed(Placed);
    expect(context.attempt).toBe(1);
    expect(await deadLetters.peek(queue)).toEqual([]);
  });

  it('leaves alone what the filter does not choose, and stops at the limit', async () => {
    const { bus, transport, deadLetters } = await startApp({ providers: [Orders] });
    for (const id of ['a', 'b', 'c']) await bus.publish(Placed, { id });
    const source = transport.queue(`${queue}-dlq`);
    const arrived = new Set<string>();
    while (arrived.size < 3) {
      const letters = await source.receive({ max: 10, wait: 5_000, visibilityTimeout: 0 });
      for (const { messageId } of letters) arrived.add(messageId);
    }

    const filter = ({ envelope }: { envelope?: { data: unknown } }) => JSON.stringify(envelope?.data) !== '{"id":"b"}';
    const result = await deadLetters.redrive(`${queue}-dlq`, { filter, limit: 1 });

    expect(result.redriven).toBe(1);
    expect((await source.depth()).available).toBe(2);
  });

  it('counts what is in flight, delayed, or behind a skipped letter of its group', async () => {
    const { transport, deadLetters } = await startApp();
    const common = { visibilityTimeout: 60_000, maxReceiveCount: 99 };
    await transport.provision({
      queues: ['q', 'q-dlq', 'o.fifo', 'o-dlq.fifo'].map((name) => ({ ...common, name, fifo: name.endsWith('.fifo') })),
      topics: [],
      subscriptions: [],
    });
    const letters = transport.queue('q-dlq');
    await letters.send([{ body: '1' }, { body: '2' }, { body: '3' }, { body: '4', delay: 60_000 }]);
    await letters.receive({ max: 1, wait: 0 });
    const group = Array.from({ length: 25 }, (_, n) => ({ body: String(n), groupId: 'g', deduplicationId: String(n) }));
    await transport.queue('o-dlq.fifo').send(group);

    expect(await deadLetters.redrive('q', { limit: 1 })).toEqual({ redriven: 1, skipped: 0, hidden: 2 });
    expect(await deadLetters.redrive('q', { filter: () => false })).toEqual({ redriven: 0, skipped: 1, hidden: 2 });
    expect(await deadLetters.redrive('o.fifo', { filter: () => false })).toEqual({
      redriven: 0,
      skipped: 10,
      hidden: 15,
    });
    expect(await deadLetters.redrive('o.fifo')).toEqual({ redriven: 25, skipped: 0, hidden: 0 });
  });

  it('does not send a message round for ever', async () => {
    const { bus, deadLetter, deadLetters } = await startApp({ providers: [Orders], maxRedrives: 2 });
    await bus.publish(Placed, { id: 'always' });

    for (const redriveCount of [0, 1]) {
      expect((await deadLetter(queue)).details.redriveCount).toBe(redriveCount);
      expect(await deadLetters.redrive(queue)).toEqual({ redriven: 1, skipped: 0, hidden: 0 });
    }
    expect((await deadLetter(queue)).details.redriveCount).toBe(2);

    expect(await deadLetters.redrive(queue)).toEqual({ redriven: 0, skipped: 1, hidden: 0 });
    expect(await deadLetters.peek(queue)).toHaveLength(1);
  });
});

describe('@OnDeadLetter', () => {
  @Injectable()
  class Morgue {
    readonly letters: [unknown, MessageContext][] = [];
    failures = 0;
    done?: () => void;

    @OnDeadLetter(queue, { retry: { initialDelay: 0, maxDelay: 0 } })
    bury(data: unknown, context: MessageContext) {
      this.letters.push([data, context]);
      if (this.failures-- > 0) throw new Error('not now');
      this.done?.();
    }
  }

  it('handles what was given up, and may fail as often as it likes without losing it', async () => {
    const { bus, get, transport } = await startApp({ providers: [Orders, Morgue] });
    const morgue = get(Morgue);
    morgue.failures = 8;
    const done = new Promise<void>((resolve) => (morgue.done = resolve));

    await bus.publish(Placed, { id: 'dead' });
    await done;

    expect(morgue.letters).toHaveLength(9);
    expect(morgue.letters[8]?.[0]).toEqual({ id: 'dead' });
    expect(morgue.letters[8]?.[1].deadLetter).toMatchObject({ message: 'no such customer', originalQueue: queue });
    expect((await transport.listQueues()).toSorted()).toEqual([queue, `${queue}-dlq`]);
  });

  it('gets what cannot be read as text', async () => {
    const { get, transport } = await startApp({ providers: [Orders, Morgue] });
    const morgue = get(Morgue);
    const done = new Promise<void>((resolve) => (morgue.done = resolve));

    await transport.queue(queue).send([{ body: 'not json' }]);
    await done;

    expect(morgue.letters[0]?.[0]).toBe('not json');
    expect(morgue.letters[0]?.[1].deadLetter?.errorCode).toBe('LC_UNPARSABLE_MESSAGE');
  });
});
