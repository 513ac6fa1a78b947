import { BrokerFixture, codeOf, type OpenBroker } from './broker-fixture.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function describeStandardQueues(open: OpenBroker): void {
  let fixture: BrokerFixture;

  beforeEach(async () => {
    fixture = await BrokerFixture.open(open);
    await fixture.queue('orders');
  });
  afterEach(() => fixture.broker.close());

  it('hands out what was sent, with its attributes, and counts the receives', async () => {
    const [sent] = await fixture.send('orders', { body: 'grüße 🚚', attributes: { type: 'order', 'x-y': '' } });
    const [message] = await fixture.receive('orders');
    expect(message).toMatchObject({
      messageId: sent?.ok && sent.value.messageId,
      body: 'grüße 🚚',
      attributes: { type: 'order', 'x-y': '' },
      receiveCount: 1,
      sentAt: fixture.clock.now(),
    });
    expect(message).not.toHaveProperty('groupId');
  });

  it('hands out in the order of sending, each message to one receiver', async () => {
    await fixture.send('orders', ...Array.from({ length: 25 }, (_, i) => `m${i}`));
    const taken = [...(await fixture.take('orders', 10)), ...(await fixture.take('orders', 100))];
    expect(taken).toEqual(Array.from({ length: 25 }, (_, i) => `m${i}`));
    expect(await fixture.take('orders')).toEqual([]);
  });

  it('shows a message again when its visibility timeout ends, not before', async () => {
    await fixture.send('orders', 'a');
    await fixture.receive('orders');
    await fixture.clock.advance(29_999);
    expect(await fixture.take('orders')).toEqual([]);
    await fixture.clock.advance(1);
    expect(await fixture.receive('orders')).toMatchObject([{ body: 'a', receiveCount: 2 }]);
  });

  it('lets a receive choose its own visibility timeout', async () => {
    await fixture.send('orders', 'a');
    await fixture.receive('orders', 1, 5_000);
    await fixture.clock.advance(5_000);
    expect(await fixture.take('orders')).toEqual(['a']);
  });

  it('takes a message once per receive, also with a visibility timeout of 0', async () => {
    await fixture.send('orders', 'a', 'b');
    expect(await fixture.receive('orders', 10, 0)).toHaveLength(2);
    expect(await fixture.take('orders')).toEqual(['a', 'b']);
  });

  it('forgets what was deleted', async () => {
    await fixture.send('orders', 'a', 'b');
    const [a] = await fixture.receive('orders');
    expect((await fixture.delete('orders', a)).map(codeOf)).toEqual(['ok']);
    await fixture.clock.advance(30_000);
    expect(await fixture.take('orders')).toEqual(['b']);
  });

  it('refuses a receipt that was used, or never given', async () => {
    await fixture.send('orders', 'a', 'b');
    const a = await fixture.receiveOne('orders');
    const b = await fixture.receiveOne('orders');
    await fixture.delete('orders', a);
    const handles = [a.receiptHandle, 'nonsense', '', '1.1.x', b.receiptHandle];
    const results = await fixture.broker.queue('orders').delete(handles);
    expect(results.map(codeOf)).toEqual([...Array(4).fill('LC_RECEIPT_EXPIRED'), 'ok']);
    expect(results[0]).toMatchObject({ ok: false, permanent: true });
  });

  it('refuses the receipt of another queue', async () => {
    await fixture.queue('other');
    await fixture.send('orders', 'a');
    const [a] = await fixture.receive('orders');
    expect((await fixture.delete('other', a)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
    expect((await fixture.delete('orders', a)).map(codeOf)).toEqual(['ok']);
  });

  it('deletes with an expired receipt until the message is received again, as SQS does', async () => {
    await fixture.send('orders', 'a', 'b');
    const [a, b] = await fixture.receive('orders');
    await fixture.clock.advance(30_000);
    expect((await fixture.delete('orders', a)).map(codeOf)).toEqual(['ok']);
    const [again] = await fixture.receive('orders');
    expect((await fixture.delete('orders', b)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
    expect((await fixture.delete('orders', again)).map(codeOf)).toEqual(['ok']);
  });

  it('counts a changed visibility from now', async () => {
    await fixture.send('orders', 'a');
    const [a] = await fixture.receive('orders');
    await fixture.clock.advance(20_000);
    expect(codeOf(await fixture.changeVisibility('orders', a, 30_000))).toBe('ok');
    await fixture.clock.advance(29_999);
    expect(await fixture.take('orders')).toEqual([]);
    await fixture.clock.advance(1);
    expect(await fixture.take('orders')).toEqual(['a']);
  });

  it('shows a message at once when its visibility is set to 0, and refuses to change it then', async () => {
    await fixture.send('orders', 'a');
    const [a] = await fixture.receive('orders');
    expect(codeOf(await fixture.changeVisibility('orders', a, 0))).toBe('ok');
    expect(codeOf(await fixture.changeVisibility('orders', a, 1_000))).toBe('LC_RECEIPT_EXPIRED');
    expect(await fixture.take('orders')).toEqual(['a']);
    expect(codeOf(await fixture.changeVisibility('orders', a, 1_000))).toBe('LC_RECEIPT_EXPIRED');
  });

  it('keeps a message hidden for 12 hours from its receive and no longer', async () => {
    await fixture.send('orders', 'a');
    const [a] = await fixture.receive('orders', 1, 12 * HOUR);
    await fixture.clock.advance(HOUR);
    expect(codeOf(await fixture.changeVisibility('orders', a, 11 * HOUR))).toBe('ok');
    expect(codeOf(await fixture.changeVisibility('orders', a, 11 * HOUR + 1))).toBe('LC_INVALID_OPTIONS');
    for (const timeout of [-1, 12 * HOUR + 1, Number.NaN]) {
      expect(codeOf(await fixture.changeVisibility('orders', a, timeout))).toBe('LC_INVALID_OPTIONS');
    }
  });

  it('holds a delayed message back for its delay', async () => {
    await fixture.send('orders', { body: 'late', delay: 1_000.4 }, 'now');
    expect(await fixture.take('orders')).toEqual(['now']);
    expect(await fixture.broker.queue('orders').depth()).toEqual({ available: 0, inFlight: 1, delayed: 1 });
    await fixture.clock.advance(1_000);
    expect(await fixture.take('orders')).toEqual([]);
    await fixture.clock.advance(1);
    expect(await fixture.take('orders')).toEqual(['late']);
  });

  it('gives a message up to the dead-letter queue after so many receives, with its attributes', async () => {
    await fixture.queue('orders-dlq');
    await fixture.queue('orders', { maxReceiveCount: 2, deadLetterQueue: 'orders-dlq' });
    await fixture.send('orders', { body: 'poison', attributes: { a: '1' } });
    const { sentAt, messageId } = await fixture.receiveOne('orders');
    for (const count of [2, undefined]) {
      await fixture.clock.advance(30_000);
      expect((await fixture.receive('orders')).map(({ receiveCount }) => receiveCount)).toEqual(count ? [count] : []);
    }
    expect(await fixture.broker.queue('orders').depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
    expect(await fixture.receive('orders-dlq')).toMatchObject([
      { messageId, body: 'poison', attributes: { a: '1' }, receiveCount: 1, sentAt },
    ]);
  });

  it('does not count a receive that was not handled, however often that is said', async () => {
    await fixture.queue('orders-dlq');
    const orders = await fixture.queue('orders', { maxReceiveCount: 2, deadLetterQueue: 'orders-dlq' });
    await fixture.send('orders', 'a');
    for (let round = 0; round < 3; round += 1) {
      const { receiptHandle, receiveCount } = await fixture.receiveOne('orders');
      expect(receiveCount).toBe(1);
      const unhandled = { receiptHandle, timeout: 5_000, unhandled: true };
      expect((await orders.changeVisibility([unhandled, unhandled])).map(codeOf)).toEqual(['ok', 'ok']);
      expect(await orders.depth()).toEqual({ available: 0, inFlight: 1, delayed: 0 });
      await fixture.clock.advance(5_000);
    }
    for (const receiveCount of [1, 2]) expect(await fixture.receive('orders', 1, 0)).toMatchObject([{ receiveCount }]);
    expect(await fixture.take('orders')).toEqual([]);
    expect(await fixture.receive('orders-dlq')).toMatchObject([{ body: 'a', receiveCount: 1 }]);
  });

  it('refuses the receipt of a receive that did not count once there was another', async () => {
    await fixture.send('orders', 'a');
    const first = await fixture.receiveOne('orders');
    await fixture.broker.queue('orders').changeVisibility([{ ...first, timeout: 0, unhandled: true }]);
    await fixture.receiveOne('orders');
    expect((await fixture.delete('orders', first)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
  });

  it('hands out what follows poisoned messages in the same receive', async () => {
    await fixture.queue('orders-dlq');
    await fixture.queue('orders', { maxReceiveCount: 1, deadLetterQueue: 'orders-dlq' });
    await fixture.send('orders', 'p1', 'p2', 'p3');
    await fixture.receive('orders');
    await fixture.clock.advance(30_000);
    await fixture.send('orders', 'fine');
    expect(await fixture.take('orders', 2)).toEqual(['fine']);
    expect(await fixture.take('orders-dlq')).toEqual(['p1', 'p2', 'p3']);
  });

  it('keeps a message that was received too often when there is no dead-letter queue', async () => {
    await fixture.queue('orders', { maxReceiveCount: 1, deadLetterQueue: 'missing' });
    await fixture.send('orders', 'a');
    for (const receiveCount of [1, 2, 3]) {
      expect(await fixture.receive('orders', 1, 0)).toMatchObject([{ receiveCount }]);
    }
  });

  it('drops messages after four days, and those in a dead-letter queue after fourteen', async () => {
    await fixture.queue('orders-dlq');
    await fixture.queue('orders', { maxReceiveCount: 1, deadLetterQueue: 'orders-dlq' });
    await fixture.send('orders', 'old', 'poison');
    await fixture.delete('orders');
    await fixture.send('orders-dlq', 'letter');
    await fixture.clock.advance(4 * DAY - 1);
    expect(await fixture.receive('orders', 2, 0)).toHaveLength(2);
    expect(await fixture.receive('orders', 1, 0)).toEqual([]);
    await fixture.send('orders', 'new');
    await fixture.clock.advance(1);
    expect(await fixture.take('orders')).toEqual(['new']);
    expect((await fixture.broker.queue('orders-dlq').depth()).available).toBe(3);
    await fixture.clock.advance(10 * DAY);
    expect(await fixture.take('orders-dlq')).toEqual(['old', 'poison']);
    await fixture.clock.advance(4 * DAY);
    expect(await fixture.broker.queue('orders-dlq').depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
    expect(await fixture.take('orders-dlq')).toEqual([]);
  });

  it('tells how deep it is', async () => {
    await fixture.send('orders', 'a', 'b', 'c', { body: 'd', delay: 1_000 });
    await fixture.receive('orders', 1);
    expect(await fixture.broker.queue('orders').depth()).toEqual({ available: 2, inFlight: 1, delayed: 1 });
    await fixture.clock.advance(30_000);
    expect(await fixture.broker.queue('orders').depth()).toEqual({ available: 4, inFlight: 0, delayed: 0 });
  });

  it('is empty after a purge, also of what is in flight', async () => {
    await fixture.send('orders', 'a', 'b');
    const [a] = await fixture.receive('orders', 1);
    await fixture.broker.purgeQueue('orders');
    expect((await fixture.delete('orders', a)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
    await fixture.clock.advance(30_000);
    expect(await fixture.take('orders')).toEqual([]);
    await fixture.send('orders', 'c');
    expect(await fixture.take('orders')).toEqual(['c']);
  });

  it('never accepts a receipt for another message than the one it was given for', async () => {
    await fixture.send('orders', 'a');
    const [a] = await fixture.receive('orders');
    await fixture.delete('orders', a);
    await fixture.send('orders', 'b');
    await fixture.receive('orders');
    expect((await fixture.delete('orders', a)).map(codeOf)).toEqual(['LC_RECEIPT_EXPIRED']);
  });
}
