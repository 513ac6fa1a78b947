import {
  type EntryResult,
  LocalTransport,
  type MessageQueue,
  openLocalBroker,
  type QueueEntry,
} from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { MAX_DELAY, ScheduledMessages } from './scheduled-messages.js';

const MINUTE = 60_000;
const ok: EntryResult = { ok: true, value: undefined };

async function setUp(publish = async (_topic: { name: string }, _entry: QueueEntry): Promise<EntryResult> => ok) {
  const clock = new FakeClock();
  const transport = new LocalTransport(await openLocalBroker({ clock }));
  const published: string[] = [];
  const delays: number[] = [];
  const queue = (name: string): MessageQueue => {
    const real = transport.queue(name);
    const send: MessageQueue['send'] = (entries) => {
      delays.push(...entries.map(({ delay = 0 }) => delay));
      return real.send(entries);
    };
    return Object.assign(Object.create(real) as MessageQueue, { send });
  };
  const open = () =>
    new ScheduledMessages({
      service: 'shop',
      clock,
      queue,
      provision: (topology) => transport.provision(topology),
      publish: async (topic, entry) => {
        const result = await publish(topic, entry);
        if (result.ok) published.push(`${topic.name} ${entry.body}`);
        return result;
      },
    });
  return { clock, transport, published, delays, open };
}

describe('ScheduledMessages', () => {
  it('sends an event on when it is due, in hops that SQS can make', async () => {
    const { clock, transport, published, delays, open } = await setUp();
    const scheduled = open();
    await scheduled.toTopic({ name: 'placed', fifo: false }, { body: 'x' }, 40 * MINUTE);
    for (let minute = 0; minute < 39; minute += 1) await clock.advance(MINUTE);
    expect(published).toEqual([]);
    await clock.advance(MINUTE + 1_000);
    expect(published).toEqual(['placed x']);
    expect(Math.max(...delays)).toBe(MAX_DELAY);
    expect(delays).toHaveLength(3);
    await scheduled.close();
    expect(await transport.queue('shop-scheduled').depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
    await transport.close();
  });

  it('goes on after a crash with what was scheduled before', async () => {
    const { clock, transport, published, open } = await setUp();
    const first = open();
    await first.toTopic({ name: 'placed', fifo: false }, { body: 'x' }, 5 * MINUTE);
    await first.close();
    const second = open();
    await second.resume();
    await clock.advance(5 * MINUTE + 1_000);
    expect(published).toEqual(['placed x']);
    await second.close();
    await transport.close();
  });

  it('does nothing where nothing was ever scheduled', async () => {
    const { transport, open } = await setUp();
    const scheduled = open();
    await scheduled.resume();
    expect(await transport.listQueues()).toEqual([]);
    await scheduled.close();
    await transport.close();
  });

  it('tries again what cannot be sent on for now, and keeps what never can as a dead letter', async () => {
    let away = true;
    const { clock, transport, published, open } = await setUp(async ({ name }) => {
      if (name === 'refused') return { ok: false, error: new Error('no'), permanent: true };
      return away ? { ok: false, error: new Error('away'), permanent: false } : ok;
    });
    const scheduled = open();
    await scheduled.toTopic({ name: 'placed', fifo: false }, { body: 'x' }, 1_000);
    await scheduled.toTopic({ name: 'refused', fifo: false }, { body: 'y' }, 1_000);
    await transport.queue('shop-scheduled').send([{ body: '{"dueAt":"soon"}' }]);
    await clock.advance(2_000);
    away = false;
    for (let second = 0; second < 30; second += 1) await clock.advance(1_000);
    expect(published).toEqual(['placed x']);
    expect(await transport.queue('shop-scheduled-dlq').depth()).toMatchObject({ available: 2 });
    await scheduled.close();
    await transport.close();
  });

  it('sends to a FIFO queue under one id, however often the answer is lost', async () => {
    const { clock, transport, open } = await setUp();
    const queue = { name: 'ledger.fifo', fifo: true, visibilityTimeout: 30_000, maxReceiveCount: 5 };
    await transport.provision({ queues: [queue], topics: [], subscriptions: [] });
    const real = transport.queue('ledger.fifo');
    let lost = 0;
    jest.spyOn(transport, 'queue').mockImplementation((name) => {
      const found = name === 'ledger.fifo' ? real : LocalTransport.prototype.queue.call(transport, name);
      const send: MessageQueue['send'] = async (entries) => {
        const results = await found.send(entries);
        if (name !== 'ledger.fifo' || (lost += 1) > 2) return results;
        return results.map(() => ({ ok: false, error: new Error('no answer'), permanent: false }));
      };
      return Object.assign(Object.create(found) as MessageQueue, { send });
    });
    const scheduled = open();
    await scheduled.toQueue('ledger.fifo', { body: 'x', groupId: 'a', delay: MINUTE });
    for (let second = 0; second < 90; second += 1) await clock.advance(1_000);
    expect(lost).toBe(3);
    expect(await real.depth()).toMatchObject({ available: 1 });
    await scheduled.close();
    await transport.close();
  });

  it('delays for a FIFO queue, which cannot delay by itself', async () => {
    const { clock, transport, open } = await setUp();
    const queue = { name: 'ledger.fifo', fifo: true, visibilityTimeout: 30_000, maxReceiveCount: 5 };
    await transport.provision({ queues: [queue], topics: [], subscriptions: [] });
    const scheduled = open();
    await scheduled.toQueue('ledger.fifo', { body: 'x', groupId: 'a', delay: MINUTE });
    expect(await transport.queue('ledger.fifo').depth()).toMatchObject({ available: 0 });
    await clock.advance(MINUTE + 1_000);
    expect(await transport.queue('ledger.fifo').depth()).toMatchObject({ available: 1 });
    await scheduled.close();
    await transport.close();
  });
});
