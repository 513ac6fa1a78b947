import { BrokerFixture, codeOf, type OpenBroker } from './broker-fixture.js';

export function describeTopology(open: OpenBroker): void {
  let fixture: BrokerFixture;

  beforeEach(async () => (fixture = await BrokerFixture.open(open)));
  afterEach(() => fixture.broker.close());

  it('makes a queue once, and gives an existing one new settings', async () => {
    const { broker } = fixture;
    await broker.createQueue({ name: 'orders', visibilityTimeout: 30_000 });
    await fixture.send('orders', 'a');
    await broker.createQueue({ name: 'orders', visibilityTimeout: 5_000 });
    expect(await broker.listQueues()).toEqual(['orders']);
    expect(await fixture.take('orders')).toEqual(['a']);
    await fixture.clock.advance(5_000);
    expect(await fixture.take('orders')).toEqual(['a']);
  });

  it('only widens the limits of an existing queue when asked to', async () => {
    const { broker } = fixture;
    const widenOnly = { widenOnly: true };
    await broker.createQueue({ name: 'dlq' });
    await broker.createQueue({ name: 'orders', visibilityTimeout: 1_000, maxReceiveCount: 2 }, widenOnly);
    const other = { name: 'orders', visibilityTimeout: 9_000, maxReceiveCount: 1, deadLetterQueue: 'dlq' };
    await broker.createQueue(other, widenOnly);
    await fixture.send('orders', 'a');
    for (const receiveCount of [1, 2]) {
      expect(await fixture.receive('orders')).toMatchObject([{ receiveCount }]);
      await fixture.clock.advance(1_000);
    }
    expect(await fixture.take('orders')).toEqual([]);
    expect(await fixture.take('dlq')).toEqual(['a']);
  });

  it.each(['', 'a b', 'a.b', 'ä', 'x'.repeat(81), '.fifo', 'a.fifo.fifo', `${'x'.repeat(80)}.fifo`])(
    'refuses the queue name %p',
    async (name) => {
      await expect(fixture.broker.createQueue({ name })).rejects.toMatchObject({ code: 'LC_INVALID_OPTIONS' });
    },
  );

  it('takes every name that SQS takes', async () => {
    const names = ['x'.repeat(80), `${'x'.repeat(75)}.fifo`, 'Order_events-1', '7'];
    for (const name of names) await fixture.broker.createQueue({ name });
    expect((await fixture.broker.listQueues()).sort()).toEqual([...names].sort());
  });

  it('lists every fault of a specification at once', async () => {
    const faulty = { name: 'a b', fifo: true, visibilityTimeout: -1, maxReceiveCount: 0, deadLetterQueue: 'x.fifo' };
    const error = await fixture.broker.createQueue(faulty).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'LC_INVALID_OPTIONS' });
    expect((error as { faults: string[] }).faults.map((fault) => fault.split(':')[0])).toEqual([
      'name',
      'fifo',
      'visibilityTimeout',
      'maxReceiveCount',
      'deadLetterQueue',
    ]);
  });

  it('says which queues there are when one is unknown', async () => {
    await fixture.queue('orders');
    const unknown = fixture.broker.queue('order');
    const calls = [unknown.receive({ max: 1, wait: 0 }), unknown.delete(['x']), unknown.depth()];
    for (const call of [...calls, unknown.changeVisibility([]), fixture.broker.purgeQueue('order')]) {
      await expect(call).rejects.toMatchObject({
        code: 'LC_UNKNOWN_QUEUE',
        message: expect.stringContaining('orders'),
      });
    }
    const results = await fixture.send('order', 'a', 'b');
    expect(results.map(codeOf)).toEqual(['LC_UNKNOWN_QUEUE', 'LC_UNKNOWN_QUEUE']);
    expect(results[0]).toMatchObject({ permanent: true });
  });

  it('starts afresh when a deleted queue is made again', async () => {
    await fixture.queue('orders.fifo');
    await fixture.send('orders.fifo', { body: 'a', groupId: 'g' });
    const [a] = await fixture.receive('orders.fifo');
    await fixture.broker.deleteQueue('orders.fifo');
    await fixture.broker.deleteQueue('orders.fifo');
    expect(await fixture.broker.listQueues()).toEqual([]);
    await fixture.queue('orders.fifo');
    expect((await fixture.delete('orders.fifo', a)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
    await fixture.clock.advance(30_000);
    expect(await fixture.take('orders.fifo')).toEqual([]);
    await fixture.send('orders.fifo', { body: 'a', groupId: 'g' });
    expect(await fixture.take('orders.fifo')).toEqual(['a']);
  });
}
