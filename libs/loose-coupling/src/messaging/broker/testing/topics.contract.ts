import type { EventPattern } from '../../patterns/event-pattern.js';
import { BrokerFixture, codeOf, type OpenBroker } from './broker-fixture.js';

const cloudEvent = (data: unknown) => JSON.stringify({ specversion: '1.0', id: '1', data });

export function describeTopics(open: OpenBroker): void {
  let fixture: BrokerFixture;

  beforeEach(async () => {
    fixture = await BrokerFixture.open(open);
    await fixture.broker.createTopic('placed');
    for (const name of ['stock', 'mail', 'audit.fifo']) await fixture.queue(name);
  });
  afterEach(() => fixture.broker.close());

  const subscribe = (queue: string, dataFilter?: EventPattern) =>
    fixture.broker.subscribe({ topic: 'placed', queue, raw: true, ...(dataFilter && { dataFilter }) });
  const depths = async () =>
    Promise.all(
      ['stock', 'mail', 'audit.fifo'].map(async (name) => (await fixture.broker.queue(name).depth()).available),
    );

  it('copies a message to every subscribed queue, once', async () => {
    await subscribe('stock');
    await subscribe('stock');
    await subscribe('mail');
    const [result] = await fixture.broker.publishToTopic('placed', [{ body: 'x', attributes: { a: '1' } }]);
    expect(result).toMatchObject({ ok: true });
    expect(await fixture.receive('stock')).toMatchObject([{ body: 'x', attributes: { a: '1' } }]);
    expect(await fixture.take('mail')).toEqual(['x']);
  });

  it('accepts what nobody subscribed to', async () => {
    expect((await fixture.broker.publishToTopic('placed', [{ body: 'x' }])).map(codeOf)).toEqual(['ok']);
  });

  it('copies only events whose data match the filter', async () => {
    await subscribe('stock', { total: [{ numeric: ['>', 100] }] });
    await fixture.broker.publishToTopic('placed', [
      { body: cloudEvent({ total: 150 }) },
      { body: cloudEvent({ total: 50 }) },
      { body: 'not JSON' },
    ]);
    expect(await fixture.take('stock')).toEqual([cloudEvent({ total: 150 })]);
  });

  it('replaces the filter of a subscription that is made again', async () => {
    await subscribe('stock', { total: [1] });
    await subscribe('stock', { total: [2] });
    await fixture.broker.publishToTopic('placed', [
      { body: cloudEvent({ total: 1 }) },
      { body: cloudEvent({ total: 2 }) },
    ]);
    expect(await fixture.take('stock')).toEqual([cloudEvent({ total: 2 })]);
    await subscribe('stock');
    await fixture.broker.publishToTopic('placed', [{ body: cloudEvent({ total: 1 }) }]);
    expect(await fixture.take('stock')).toEqual([cloudEvent({ total: 1 })]);
  });

  it('applies SNS filter policies to attributes and to the body', async () => {
    const filterPolicy = { kind: ['gold', { prefix: 'sil' }], size: [{ numeric: ['>=', 3] }] } as EventPattern;
    await fixture.broker.subscribe({ topic: 'placed', queue: 'stock', raw: true, filterPolicy });
    const onBody = { filterPolicy: { kind: ['gold'] }, filterScope: 'MessageBody' as const };
    await fixture.broker.subscribe({ topic: 'placed', queue: 'mail', raw: true, ...onBody });
    await fixture.broker.publishToTopic('placed', [
      { body: '1', attributes: { kind: 'silver', size: '3' }, attributeTypes: { size: 'Number' } },
      { body: '2', attributes: { kind: 'silver', size: '2' }, attributeTypes: { size: 'Number' } },
      { body: '3' },
      { body: '{"kind":"gold"}' },
    ]);
    expect(await fixture.take('stock')).toEqual(['1']);
    expect(await fixture.take('mail')).toEqual(['{"kind":"gold"}']);
  });

  it('wraps messages into notifications of SNS unless delivery is raw', async () => {
    await fixture.broker.subscribe({ topic: 'placed', queue: 'stock' });
    const [result] = await fixture.broker.publishToTopic('placed', [
      { body: 'x', attributes: { n: '1', t: 'y' }, attributeTypes: { n: 'Number' } },
    ]);
    const message = await fixture.receiveOne('stock');
    expect(message.attributes).toEqual({});
    expect(JSON.parse(message.body)).toEqual({
      Type: 'Notification',
      MessageId: result?.ok && result.value.messageId,
      TopicArn: 'arn:aws:sns:local:000000000000:placed',
      Message: 'x',
      Timestamp: new Date(fixture.clock.now()).toISOString(),
      MessageAttributes: { n: { Type: 'Number', Value: '1' }, t: { Type: 'String', Value: 'y' } },
    });
  });

  it('copies an entry to all queues or, when one of them refuses it, to none; other entries go their way', async () => {
    await subscribe('stock');
    await subscribe('audit.fifo');
    const results = await fixture.broker.publishToTopic('placed', [
      { body: '1', groupId: 'g' },
      { body: '2' },
      { body: '3', groupId: 'g', delay: 5 },
      { body: '4\0', groupId: 'g' },
      { body: 'x'.repeat(1_048_577), groupId: 'g' },
      { body: '6', groupId: 'g' },
    ]);
    const refused = ['LC_INVALID_MESSAGE', 'LC_INVALID_MESSAGE', 'LC_INVALID_MESSAGE', 'LC_MESSAGE_TOO_LARGE'];
    expect(results.map(codeOf)).toEqual(['ok', ...refused, 'ok']);
    expect(await fixture.take('stock')).toEqual(['1', '6']);
    expect(await fixture.take('audit.fifo')).toEqual(['1', '6']);
  });

  it('delays copies', async () => {
    await subscribe('stock');
    await fixture.broker.publishToTopic('placed', [{ body: 'x', delay: 1_000 }]);
    expect(await fixture.take('stock')).toEqual([]);
    await fixture.clock.advance(1_000);
    expect(await fixture.take('stock')).toEqual(['x']);
  });

  it('keeps the order of a group across topics', async () => {
    await fixture.broker.createTopic('paid');
    await subscribe('audit.fifo');
    await fixture.broker.subscribe({ topic: 'paid', queue: 'audit.fifo', raw: true });
    await fixture.broker.publish([
      { topic: 'placed', body: '1', groupId: 'g' },
      { topic: 'paid', body: '2', groupId: 'g' },
      { topic: 'placed', body: '3', groupId: 'g' },
    ]);
    expect(await fixture.take('audit.fifo')).toEqual(['1', '2', '3']);
  });

  it('stops copying to a queue that unsubscribed, was deleted, or whose topic is gone', async () => {
    for (const queue of ['stock', 'mail', 'audit.fifo']) await subscribe(queue);
    await fixture.broker.unsubscribe({ topic: 'placed', queue: 'stock' });
    await fixture.broker.deleteQueue('audit.fifo');
    await fixture.queue('audit.fifo');
    await fixture.broker.publishToTopic('placed', [{ body: 'x' }]);
    expect(await depths()).toEqual([0, 1, 0]);
    await fixture.broker.deleteTopic('placed');
    expect(await fixture.broker.listTopics()).toEqual([]);
    expect((await fixture.broker.publishToTopic('placed', [{ body: 'x' }])).map(codeOf)).toEqual(['LC_UNKNOWN_TOPIC']);
    await fixture.broker.createTopic('placed');
    await fixture.broker.publishToTopic('placed', [{ body: 'x' }]);
    expect(await depths()).toEqual([0, 1, 0]);
  });

  it('refuses unknown topics and queues, and malformed filters, when they are subscribed', async () => {
    const { broker } = fixture;
    await expect(broker.subscribe({ topic: 'x', queue: 'stock' })).rejects.toMatchObject({ code: 'LC_UNKNOWN_TOPIC' });
    await expect(broker.subscribe({ topic: 'placed', queue: 'x' })).rejects.toMatchObject({ code: 'LC_UNKNOWN_QUEUE' });
    await expect(subscribe('stock', { a: [{ nonsense: 1 }] as never })).rejects.toMatchObject({
      code: expect.stringMatching(/^LC_/),
    });
    expect((await broker.publishToTopic('placed', [{ body: 'x' }])).map(codeOf)).toEqual(['ok']);
    expect(await depths()).toEqual([0, 0, 0]);
  });
}
