import { BrokerFixture, codeOf, inGroup, type OpenBroker } from './broker-fixture.js';

const MINUTE = 60_000;

export function describeFifoQueues(open: OpenBroker): void {
  let fixture: BrokerFixture;
  const QUEUE = 'orders.fifo';

  beforeEach(async () => {
    fixture = await BrokerFixture.open(open);
    await fixture.queue(QUEUE);
  });
  afterEach(() => fixture.broker.close());

  it('hands out several messages of a group in one receive, in their order', async () => {
    await fixture.send(QUEUE, ...['1', '2', '3', '4'].map((body) => inGroup('a', body)));
    expect(await fixture.receive(QUEUE, 3)).toMatchObject([
      { body: '1', groupId: 'a', deduplicationId: 'a/1' },
      { body: '2' },
      { body: '3' },
    ]);
  });

  it('blocks a group while one of its messages is in flight, and only that group', async () => {
    await fixture.send(QUEUE, inGroup('a', '1'), inGroup('a', '2'), inGroup('b', '3'), inGroup('b', '4'));
    const [first] = await fixture.receive(QUEUE, 1);
    expect(first?.body).toBe('1');
    expect(await fixture.take(QUEUE, 1)).toEqual(['3']);
    expect(await fixture.take(QUEUE)).toEqual([]);
    await fixture.delete(QUEUE, first);
    expect(await fixture.take(QUEUE)).toEqual(['2']);
  });

  it('keeps a group blocked while a message of it is backed off, then goes on with that message', async () => {
    await fixture.send(QUEUE, inGroup('a', '1'), inGroup('a', '2'));
    const [first] = await fixture.receive(QUEUE, 1);
    await fixture.changeVisibility(QUEUE, first, 60_000);
    await fixture.clock.advance(59_999);
    expect(await fixture.take(QUEUE)).toEqual([]);
    await fixture.clock.advance(1);
    expect(await fixture.take(QUEUE)).toEqual(['1', '2']);
  });

  it('waits for all messages of a batch before it shows the first one again', async () => {
    await fixture.send(QUEUE, inGroup('a', '1'), inGroup('a', '2'), inGroup('a', '3'));
    const [one, two] = await fixture.receive(QUEUE, 2);
    await fixture.changeVisibility(QUEUE, one, 0);
    expect(await fixture.take(QUEUE)).toEqual([]);
    await fixture.delete(QUEUE, two);
    expect(await fixture.take(QUEUE)).toEqual(['1', '3']);
  });

  it('keeps a group blocked and in order when one of a batch was not handled', async () => {
    await fixture.send(QUEUE, inGroup('a', '1'), inGroup('a', '2'), inGroup('a', '3'));
    const [one, two] = await fixture.receive(QUEUE, 2);
    await fixture.changeVisibility(QUEUE, one, 0);
    const receiptHandle = two?.receiptHandle ?? '';
    await fixture.broker.queue(QUEUE).changeVisibility([{ receiptHandle, timeout: 5_000, unhandled: true }]);
    expect(await fixture.take(QUEUE)).toEqual([]);
    await fixture.clock.advance(5_000);
    expect((await fixture.receive(QUEUE)).map(({ body, receiveCount }) => `${body}:${receiveCount}`)).toEqual([
      '1:2',
      '2:1',
      '3:1',
    ]);
  });

  it('hands out a group again from its first message when the visibility of a batch ends', async () => {
    await fixture.send(QUEUE, inGroup('a', '1'), inGroup('a', '2'), inGroup('a', '3'));
    await fixture.receive(QUEUE, 2);
    await fixture.clock.advance(30_000);
    expect((await fixture.receive(QUEUE)).map(({ body, receiveCount }) => `${body}:${receiveCount}`)).toEqual([
      '1:2',
      '2:2',
      '3:1',
    ]);
  });

  it('refuses the receipt of a message that was received again', async () => {
    await fixture.send(QUEUE, inGroup('a', '1'));
    const [first] = await fixture.receive(QUEUE);
    await fixture.clock.advance(30_000);
    const [second] = await fixture.receive(QUEUE);
    expect((await fixture.delete(QUEUE, first)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
    expect(codeOf(await fixture.changeVisibility(QUEUE, first, 0))).toBe('LC_RECEIPT_EXPIRED');
    expect((await fixture.delete(QUEUE, second)).map(codeOf)).toEqual(['ok']);
  });

  it('accepts a duplicate within five minutes without delivering it, also of a deleted message', async () => {
    const [first] = await fixture.send(QUEUE, inGroup('a', '1', 'id'));
    await fixture.delete(QUEUE, ...(await fixture.receive(QUEUE)));
    await fixture.clock.advance(5 * MINUTE - 1);
    expect(await fixture.send(QUEUE, inGroup('a', 'other', 'id'))).toEqual([first]);
    expect(await fixture.take(QUEUE)).toEqual([]);
    await fixture.clock.advance(1);
    await fixture.send(QUEUE, inGroup('a', '2', 'id'));
    expect(await fixture.take(QUEUE)).toEqual(['2']);
  });

  it('recognises duplicates by their content when they have no id, and within one batch', async () => {
    await fixture.send(QUEUE, { body: 'x', groupId: 'a' }, { body: 'x', groupId: 'a' }, { body: 'y', groupId: 'a' });
    expect(await fixture.take(QUEUE)).toEqual(['x', 'y']);
  });

  it('keeps deduplication of queues apart', async () => {
    await fixture.queue('other.fifo');
    await fixture.send(QUEUE, inGroup('a', '1', 'id'));
    await fixture.send('other.fifo', inGroup('a', '2', 'id'));
    expect(await fixture.take('other.fifo')).toEqual(['2']);
  });

  it('needs a group, and refuses delays for single messages', async () => {
    const results = await fixture.send(
      QUEUE,
      { body: 'no group' },
      { body: 'late', groupId: 'a', delay: 1 },
      { body: 'empty', groupId: '' },
      { body: 'long', groupId: 'x'.repeat(129) },
      { body: 'fine', groupId: 'a', delay: 0 },
    );
    expect(results.map(codeOf)).toEqual([...Array(4).fill('LC_INVALID_MESSAGE'), 'ok']);
    expect(await fixture.take(QUEUE)).toEqual(['fine']);
  });

  it('moves poisoned messages to a FIFO dead-letter queue in order, and unblocks their group', async () => {
    await fixture.queue('orders-dlq.fifo');
    await fixture.queue(QUEUE, { maxReceiveCount: 1, deadLetterQueue: 'orders-dlq.fifo' });
    await fixture.send(QUEUE, inGroup('a', '1'), inGroup('a', '2'), inGroup('a', '3'));
    await fixture.receive(QUEUE, 2);
    await fixture.clock.advance(30_000);
    expect(await fixture.take(QUEUE, 1)).toEqual(['3']);
    expect(await fixture.receive('orders-dlq.fifo')).toMatchObject([
      { body: '1', groupId: 'a', receiveCount: 1 },
      { body: '2', groupId: 'a' },
    ]);
  });

  it('lets no busy group hold up the others', async () => {
    for (const group of ['a', 'b', 'c']) {
      await fixture.send(QUEUE, ...['1', '2', '3'].map((body) => inGroup(group, group + body)));
    }
    const batches = [];
    for (let receive = 0; receive < 3; receive += 1) batches.push(await fixture.take(QUEUE, 1));
    expect(batches).toEqual([['a1'], ['b1'], ['c1']]);
  });

  it('serves a long group in order to the end', async () => {
    const expected = Array.from({ length: 300 }, (_, index) => String(index));
    await fixture.send(QUEUE, ...expected.map((body) => inGroup('a', body)));
    const received: string[] = [];
    for (let batch = await fixture.receive(QUEUE, 7); batch.length > 0; batch = await fixture.receive(QUEUE, 7)) {
      received.push(...batch.map(({ body }) => body));
      await fixture.delete(QUEUE, ...batch);
    }
    expect(received).toEqual(expected);
  });
}
