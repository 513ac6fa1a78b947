import { BrokerFixture, inGroup, type OpenBroker } from './broker-fixture.js';
import type { ReceivedMessage } from '../../core/message-queue.js';

export function describeWaiting(open: OpenBroker): void {
  let fixture: BrokerFixture;

  beforeEach(async () => {
    fixture = await BrokerFixture.open(open);
    await fixture.queue('orders');
  });
  afterEach(() => fixture.broker.close());

  /** What a waiting receive got, once it has. */
  const wait = (queue = 'orders', wait = 20_000, signal?: AbortSignal) => {
    const state: { got?: string[]; error?: unknown; at?: number } = {};
    void fixture.broker
      .queue(queue)
      .receive({ max: 10, wait, ...(signal && { signal }) })
      .then(
        (messages: ReceivedMessage[]) => {
          state.got = messages.map(({ body }) => body);
          state.at = fixture.clock.monotonic();
        },
        (error: unknown) => (state.error = error),
      );
    return state;
  };
  const settle = () => fixture.clock.advance(0);

  it('answers as soon as a message is sent', async () => {
    const waiting = wait();
    await settle();
    expect(waiting.got).toBeUndefined();
    await fixture.send('orders', 'a');
    await settle();
    expect(waiting).toEqual({ got: ['a'], at: 0 });
  });

  it('answers with nothing when the wait is over', async () => {
    const waiting = wait('orders', 20_000);
    await fixture.clock.advance(19_999);
    expect(waiting.got).toBeUndefined();
    await fixture.clock.advance(1);
    expect(waiting).toEqual({ got: [], at: 20_000 });
  });

  it('does not wait for what is not there when told not to', async () => {
    expect(await fixture.take('orders')).toEqual([]);
  });

  it('serves those who wait in the order they came, each message once', async () => {
    const [first, second, third] = [wait(), wait(), wait()];
    await settle();
    await fixture.send('orders', 'a');
    await fixture.send('orders', 'b');
    await settle();
    expect([first.got, second.got, third.got]).toEqual([['a'], ['b'], undefined]);
  });

  it('answers at the moment a delayed message falls due', async () => {
    await fixture.send('orders', { body: 'late', delay: 5_000 }, { body: 'later', delay: 6_000 });
    const [first, second] = [wait(), wait()];
    await fixture.clock.advance(10_000);
    expect([first, second]).toEqual([
      { got: ['late'], at: 5_000 },
      { got: ['later'], at: 6_000 },
    ]);
  });

  it('answers at the moment a visibility timeout ends, also when it was shortened or lengthened meanwhile', async () => {
    await fixture.send('orders', 'a', 'b', 'c');
    const [a, b] = await fixture.receive('orders');
    const [first, second, third] = [wait(), wait(), wait('orders', 60_000)];
    await settle();
    await fixture.changeVisibility('orders', a, 1_000);
    await fixture.changeVisibility('orders', b, 40_000);
    await fixture.clock.advance(50_000);
    expect(first).toEqual({ got: ['a'], at: 1_000 });
    expect(second).toEqual({ got: [], at: 20_000 });
    expect(third).toEqual({ got: ['c'], at: 30_000 });
  });

  it('answers when a message is handed back', async () => {
    await fixture.send('orders', 'a');
    const [a] = await fixture.receive('orders');
    const waiting = wait();
    await settle();
    await fixture.changeVisibility('orders', a, 0);
    await settle();
    expect(waiting).toEqual({ got: ['a'], at: 0 });
  });

  it('answers when the next message of a FIFO group is free', async () => {
    await fixture.queue('orders.fifo');
    await fixture.send('orders.fifo', inGroup('a', '1'), inGroup('a', '2'));
    const [one] = await fixture.receive('orders.fifo', 1);
    const waiting = wait('orders.fifo');
    await settle();
    expect(waiting.got).toBeUndefined();
    await fixture.delete('orders.fifo', one);
    await settle();
    expect(waiting).toEqual({ got: ['2'], at: 0 });
  });

  it('answers on the dead-letter queue when a message is given up', async () => {
    await fixture.queue('orders-dlq');
    await fixture.queue('orders', { maxReceiveCount: 1, deadLetterQueue: 'orders-dlq' });
    await fixture.send('orders', 'poison');
    await fixture.receive('orders', 1, 1_000);
    const [letters, orders] = [wait('orders-dlq'), wait('orders')];
    await fixture.clock.advance(1_000);
    expect(letters).toEqual({ got: ['poison'], at: 1_000 });
    expect(orders.got).toBeUndefined();
  });

  it('ends at once with nothing when aborted, and leaves messages for others', async () => {
    const controller = new AbortController();
    const aborted = wait('orders', 20_000, controller.signal);
    const waiting = wait();
    await settle();
    controller.abort();
    await settle();
    expect(aborted.got).toEqual([]);
    await fixture.send('orders', 'a');
    await settle();
    expect(waiting.got).toEqual(['a']);
    expect(await fixture.broker.queue('orders').receive({ max: 1, wait: 9, signal: controller.signal })).toEqual([]);
  });

  it('fails when its queue is deleted', async () => {
    const waiting = wait();
    await settle();
    await fixture.broker.deleteQueue('orders');
    await settle();
    expect(waiting.error).toMatchObject({ code: 'LC_UNKNOWN_QUEUE' });
  });

  it('ends with nothing when the broker closes, and leaves no timer behind', async () => {
    await fixture.send('orders', { body: 'late', delay: 5_000 });
    const waiting = [wait(), wait()];
    await settle();
    await fixture.broker.close();
    await settle();
    expect(waiting.map(({ got }) => got)).toEqual([[], []]);
    expect(fixture.clock.pendingTimers).toBe(0);
    await fixture.broker.close();
    await expect(fixture.take('orders')).rejects.toMatchObject({ code: 'LC_CLOSED' });
    expect(await fixture.send('orders', 'a')).toMatchObject([{ ok: false, error: { code: 'LC_CLOSED' } }]);
  });

  it('leaves no timer behind once nobody waits', async () => {
    const waiting = wait();
    await settle();
    await fixture.send('orders', 'a');
    await fixture.clock.advance(2_000);
    expect(waiting.got).toEqual(['a']);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
}
