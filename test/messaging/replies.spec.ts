import { Injectable, type Type } from '@nestjs/common';
import {
  defineCommand,
  InvalidMessageError,
  MessageMiddlewareRegistry,
  OnEvent,
  OnRequest,
  type EntryResult,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { EventStore, Inbox } from 'nestjs-loose-coupling/event-sourcing';
import { z } from 'zod';
import { closeApps, startApp } from './start-app.js';

const TOPIC = 'shop.stock.answered';
const QUEUE = 'inventory-stock-take';
const Take = defineCommand('inventory.stock.take', {
  schema: z.object({ sku: z.string() }),
  reply: z.object({ left: z.number() }),
});
const TakeFor = defineCommand('inventory.stock.take-for', {
  schema: z.object({ customer: z.string(), name: z.string() }),
  reply: z.object({ left: z.number() }),
  personalData: { subject: 'customer', fields: ['name'] },
});
const quick = { initialDelay: 0, maxDelay: 0, maxAttempts: 3 };
const away: EntryResult<never> = { ok: false, error: new Error('the network is away'), permanent: false };

/** What runs once for each message: the inbox is on. */
class Stock {
  static left = 10;
  static answer: unknown;

  static take(): unknown {
    Stock.left -= 1;
    return Stock.answer === undefined ? { left: Stock.left } : Stock.answer;
  }
}

@Injectable()
class OverTopic {
  @OnRequest(Take, { responseTopic: TOPIC, retry: quick })
  take() {
    return Stock.take() as { left: number };
  }
}

@Injectable()
class OverQueue {
  @OnRequest(Take, { retry: quick })
  take() {
    return Stock.take() as { left: number };
  }
}

const turns = async (count: number) => {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
};

/** The run that begins last commits first, and takes its time to return. */
@Injectable()
class Raced {
  static runs = 0;
  private overtake: () => void = () => undefined;
  private readonly overtaken = new Promise<void>((resolve) => (this.overtake = resolve));

  constructor(private readonly store: EventStore) {}

  @OnRequest(Take, { retry: quick })
  async take() {
    if (++Raced.runs === 1) await this.overtaken;
    await this.store.appendToStream('stock', [{ type: 'taken', data: {} }]);
    this.overtake();
    await turns(20);
    return Stock.take() as { left: number };
  }
}

@Injectable()
class OverTopicPersonal {
  @OnRequest(TakeFor, { responseTopic: TOPIC, retry: quick })
  take() {
    return Stock.take() as { left: number };
  }
}

@Injectable()
class Listener {
  readonly answers: [subject: string | undefined, data: unknown][] = [];

  @OnEvent(TOPIC)
  answered(data: unknown, { envelope }: MessageContext) {
    this.answers.push([envelope.subject, data]);
  }
}

/** An application whose first answers do not get through. */
async function lossy(lost: number, provider: Type, refusal = away) {
  const app = await startApp({ providers: [provider, Listener] });
  const { transport } = app;
  const [publish, queue] = [transport.publish.bind(transport), transport.queue.bind(transport)];
  let left = lost;
  const loses = () => left > 0 && left-- > 0;
  jest
    .spyOn(transport, 'publish')
    .mockImplementation(async (events) => (events[0]?.topic === TOPIC && loses() ? [refusal] : publish(events)));
  jest.spyOn(transport, 'queue').mockImplementation((name) => {
    const real = queue(name);
    if (!name.includes('-replies-')) return real;
    return Object.assign(Object.create(real) as typeof real, {
      send: async (entries: Parameters<typeof real.send>[0]) => (loses() ? [refusal] : real.send(entries)),
    });
  });
  return { ...app, answers: app.get(Listener).answers };
}

describe('an answer that cannot be sent after the effect', () => {
  beforeEach(() => {
    Stock.left = 10;
    Stock.answer = undefined;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await closeApps();
  });

  it('goes to its topic with the next delivery, and nobody is told that it failed', async () => {
    const { bus, answers, probe } = await lossy(2, OverTopic);
    await bus.send(Take, { sku: 'a' });
    await probe.consumed(TOPIC);
    expect(answers).toEqual([[undefined, { left: 9 }]]);
    expect(Stock.left).toBe(9);
    expect(probe.all('failed')).toEqual([]);
  });

  it('goes to the queue of the requester with the next delivery, and nobody is told that it failed', async () => {
    const { bus } = await lossy(2, OverQueue);
    expect(await bus.request(Take, { sku: 'a' })).toEqual({ left: 9 });
    expect(Stock.left).toBe(9);
  });

  it('makes a dead letter of the message in the end, which sends it when it is redriven', async () => {
    const { bus, answers, probe, deadLetter, deadLetters } = await lossy(3, OverTopic);
    await bus.send(Take, { sku: 'a' });
    const { details } = await deadLetter(QUEUE);
    expect(details).toMatchObject({ errorCode: 'LC_REPLY_NOT_SENT', attempts: 3 });
    expect(details.message).toContain('was carried out');
    expect(details.message).toContain('the network is away');
    expect(answers).toEqual([]);
    await deadLetters.redrive(`${QUEUE}-dlq`);
    await probe.consumed(TOPIC);
    expect(answers).toEqual([[undefined, { left: 9 }]]);
    expect(Stock.left).toBe(9);
  });

  it('is told as lost where it was not kept, as after a crash, and leaves no dead letter', async () => {
    const { bus, answers, probe, transport } = await lossy(0, OverTopic);
    await bus.send(Take, { sku: 'a' }, { id: 'same' });
    await probe.consumed(TOPIC);
    await bus.send(Take, { sku: 'a' }, { id: 'same' });
    await probe.consumed(TOPIC, ({ context }) => context.envelope.subject === 'failed');
    expect(answers).toEqual([
      [undefined, { left: 9 }],
      ['failed', expect.objectContaining({ errorCode: 'LC_REPLY_LOST' })],
    ]);
    expect(Stock.left).toBe(9);
    expect(await transport.queue(`${QUEUE}-dlq`).depth()).toMatchObject({ available: 0 });
  });

  it('is not kept where the request is about a person, whose key could not make it unreadable', async () => {
    const { bus, answers, probe, get } = await lossy(1, OverTopicPersonal);
    get(MessageMiddlewareRegistry).protection = { seal: async (_, it) => it, open: async (it) => it };
    await bus.send(TakeFor, { customer: 'c', name: 'Ada' });
    await probe.consumed(TOPIC);
    expect(answers).toEqual([['failed', expect.objectContaining({ errorCode: 'LC_REPLY_LOST' })]]);
    expect(Stock.left).toBe(9);
  });

  it.each([
    ['over a topic', OverTopic],
    ['over a queue', OverQueue],
  ])('and never could be is told %s as what it is, at once', async (_, provider) => {
    Stock.answer = { left: 9n };
    const { bus, answers, probe, transport } = await lossy(0, provider);
    const expected = { errorCode: 'LC_REPLY_NOT_SENT' };
    if (provider === OverQueue) await expect(bus.request(Take, { sku: 'a' })).rejects.toMatchObject(expected);
    else {
      await bus.send(Take, { sku: 'a' });
      await probe.consumed(TOPIC);
      expect(answers).toEqual([['failed', expect.objectContaining(expected)]]);
    }
    expect(Stock.left).toBe(9);
    expect(await transport.queue(QUEUE).depth()).toMatchObject({ available: 0, delayed: 0 });
    expect(await transport.queue(`${QUEUE}-dlq`).depth()).toMatchObject({ available: 0 });
  });

  it('is told as what it is, at once, where its characters are refused', async () => {
    const error = new InvalidMessageError('replies', 'its body has a control character.');
    const { bus } = await lossy(1, OverQueue, { ok: false, error, permanent: true });
    await expect(bus.request(Take, { sku: 'a' })).rejects.toMatchObject({ errorCode: 'LC_REPLY_NOT_SENT' });
    expect(Stock.left).toBe(9);
  });

  it.each(['has', 'answerOf'] as const)(
    'is kept for the delivery after the next where the store cannot be asked by "%s"',
    async (question) => {
      const { bus, get } = await lossy(1, OverQueue);
      const inbox = get(Inbox);
      const ask = inbox[question]?.bind(inbox) as (mark: never) => Promise<never>;
      let asked = 0;
      const fails = question === 'has' ? 2 : 1;
      const asking = (mark: never) => (++asked === fails ? Promise.reject(new Error('busy')) : ask(mark));
      Object.assign(inbox, { [question]: asking });
      expect(await bus.request(Take, { sku: 'a' })).toEqual({ left: 9 });
      expect(Stock.left).toBe(9);
      expect(asked).toBe(fails + 1);
    },
  );
});

describe('a request that is delivered twice at the same time', () => {
  beforeEach(() => {
    Stock.left = 10;
    Stock.answer = undefined;
    Raced.runs = 0;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await closeApps();
  });

  it('is answered by the delivery that took effect, and by no other', async () => {
    const { bus, transport } = await startApp({ providers: [Raced] });
    const queue = transport.queue.bind(transport);
    const answers: unknown[] = [];
    jest.spyOn(transport, 'queue').mockImplementation((name) => {
      const real = queue(name);
      return Object.assign(Object.create(real) as typeof real, {
        send: (entries: Parameters<typeof real.send>[0]) => {
          if (name === QUEUE) return real.send([...entries, ...entries]);
          answers.push(...entries.map(({ body }) => (JSON.parse(body) as { data: unknown }).data));
          return real.send(entries);
        },
      });
    });
    expect(await bus.request(Take, { sku: 'a' })).toEqual({ left: 9 });
    await turns(40);
    expect(Raced.runs).toBe(2);
    expect(answers).toEqual([{ ok: true, value: { left: 9 } }]);
  });
});
