import { FakeClock } from '../../testing/fake-clock.js';
import type { OutgoingEvent, Topology } from '../core/message-transport.js';
import { createEnvelope } from '../envelope/create-envelope.js';
import { LocalTransport } from './local-transport.js';
import { openLocalBroker } from './open-local-broker.js';

const queueOf = (name: string, deadLetterQueue?: string) => ({
  name,
  fifo: name.endsWith('.fifo'),
  visibilityTimeout: 30_000,
  maxReceiveCount: 3,
  ...(deadLetterQueue !== undefined && { deadLetterQueue }),
});

const TOPOLOGY: Topology = {
  queues: [queueOf('stock', 'stock-dlq'), queueOf('stock-dlq'), queueOf('audit.fifo')],
  topics: [{ name: 'placed', fifo: false }],
  subscriptions: [
    { topic: 'placed', queue: 'stock', filter: { total: [{ numeric: ['>', 100] }] } },
    { topic: 'placed', queue: 'audit.fifo' },
  ],
};

describe('LocalTransport', () => {
  let clock: FakeClock;
  let transport: LocalTransport;

  beforeEach(async () => {
    clock = new FakeClock();
    transport = new LocalTransport(await openLocalBroker({ clock }));
  });
  afterEach(() => transport.close());

  const event = (data: unknown, more: Partial<OutgoingEvent> & { partitionkey?: string } = {}): OutgoingEvent => {
    const { partitionkey: partitionKey, ...rest } = more;
    const input = { source: 'order', type: 'placed', data, now: clock.now(), ...(partitionKey && { partitionKey }) };
    return { topic: 'placed', envelope: createEnvelope(input), fifo: false, ...rest };
  };
  const dataIn = async (queue: string) => {
    const messages = await transport.queue(queue).receive({ max: 10, wait: 0 });
    return messages.map(({ body }) => (JSON.parse(body) as { data: unknown }).data);
  };

  it('makes queues, topics and filtered subscriptions, and leaves what is there', async () => {
    await transport.provision(TOPOLOGY);
    await transport.publish([event({ total: 150 })]);
    await transport.provision(TOPOLOGY);
    expect(await transport.listQueues()).toEqual(['audit.fifo', 'stock', 'stock-dlq']);
    await transport.publish([event({ total: 50 }), event({ total: 200 })]);
    expect(await dataIn('stock')).toEqual([{ total: 150 }, { total: 200 }]);
    expect(await dataIn('audit.fifo')).toEqual([{ total: 150 }, { total: 50 }, { total: 200 }]);
  });

  it('replaces the filter of a queue when a new version of its service brings another, or none', async () => {
    await transport.provision(TOPOLOGY);
    const stock = { topic: 'placed', queue: 'stock' };
    await transport.provision({ queues: [], topics: [], subscriptions: [{ ...stock, filter: { total: [1] } }] });
    await transport.publish([event({ total: 150 }), event({ total: 1 })]);
    expect(await dataIn('stock')).toEqual([{ total: 1 }]);
    await transport.provision({ queues: [], topics: [], subscriptions: [stock] });
    await transport.publish([event({ total: 2 })]);
    expect(await dataIn('stock')).toEqual([{ total: 2 }]);
  });

  it('never lowers the limits of a queue for a sender that knows less than its receiver', async () => {
    await transport.provision({
      ...TOPOLOGY,
      queues: [{ ...queueOf('stock', 'stock-dlq'), maxReceiveCount: 5 }, queueOf('stock-dlq')],
      subscriptions: [],
    });
    await transport.provision({ queues: [{ ...queueOf('stock'), maxReceiveCount: 1 }], topics: [], subscriptions: [] });
    const stock = transport.queue('stock');
    await stock.send([{ body: 'a' }]);
    const counts: (number | undefined)[] = [];
    for (let receive = 0; receive < 6; receive += 1) {
      counts.push((await stock.receive({ max: 1, wait: 0, visibilityTimeout: 0 }))[0]?.receiveCount);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, undefined]);
    expect(await transport.queue('stock-dlq').depth()).toMatchObject({ available: 1 });
  });

  it('keeps events with one partition key in order, and others apart', async () => {
    await transport.provision(TOPOLOGY);
    const [a, b] = [{ partitionkey: 'a' }, { partitionkey: 'b' }];
    await transport.publish([event(1, a), event(2, a), event(3, b), event(4)]);
    const audit = transport.queue('audit.fifo');
    const groups = [];
    for (let receive = 0; receive < 3; receive += 1)
      groups.push((await audit.receive({ max: 1, wait: 0 }))[0]?.groupId);
    expect(groups).toEqual(['a', 'b', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(await audit.receive({ max: 1, wait: 0 })).toEqual([]);
  });

  it('delivers an event that is published again only once to FIFO queues', async () => {
    await transport.provision(TOPOLOGY);
    const placed = event({ total: 1 });
    await transport.publish([placed]);
    await transport.publish([placed]);
    expect(await dataIn('audit.fifo')).toEqual([{ total: 1 }]);
  });

  it('settles each event on its own', async () => {
    await transport.provision(TOPOLOGY);
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const results = await transport.publish([
      event({ total: 1 }),
      event(cyclic),
      event('x'.repeat(transport.maxMessageBytes)),
      event({ total: 2 }),
    ]);
    expect(results.map((result) => (result.ok ? 'ok' : (result.error as { code?: string }).code))).toEqual([
      'ok',
      'LC_UNSERIALIZABLE_DATA',
      'LC_MESSAGE_TOO_LARGE',
      'ok',
    ]);
    expect(await dataIn('audit.fifo')).toEqual([{ total: 1 }, { total: 2 }]);
  });

  it('accepts events of a topic that nobody has made', async () => {
    expect(await transport.publish([event(1, { topic: 'news' })])).toEqual([{ ok: true, value: undefined }]);
  });

  it('delays an event', async () => {
    await transport.provision({ ...TOPOLOGY, subscriptions: [{ topic: 'placed', queue: 'stock' }] });
    await transport.publish([event(1, { delay: 5_000 })]);
    expect(await dataIn('stock')).toEqual([]);
    await clock.advance(5_000);
    expect(await dataIn('stock')).toEqual([1]);
  });

  it('removes a queue with its subscriptions', async () => {
    await transport.provision(TOPOLOGY);
    await transport.deleteQueue('stock');
    expect(await transport.listQueues()).toEqual(['audit.fifo', 'stock-dlq']);
    expect(await transport.publish([event({ total: 150 })])).toEqual([{ ok: true, value: undefined }]);
  });

  it('fails publishing once it is closed', async () => {
    await transport.provision(TOPOLOGY);
    await transport.close();
    expect(await transport.publish([event(1)])).toMatchObject([{ ok: false, error: { code: 'LC_CLOSED' } }]);
  });
});
