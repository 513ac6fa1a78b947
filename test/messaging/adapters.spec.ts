import { Injectable, Module } from '@nestjs/common';
import {
  EventBridgeAdapter,
  getSqsQueueToken,
  InjectEventBus,
  InjectSnsTopic,
  InjectSqsQueue,
  LocalBroker,
  MessageTransport,
  SnsAdapter,
  SqsAdapter,
  type EventBridgeBus,
  type SnsTopic,
  type SqsQueue,
} from 'nestjs-loose-coupling';
import { closeApps, startApp } from './start-app.js';

afterEach(closeApps);

const receive = (transport: MessageTransport, queue: string) => transport.queue(queue).receive({ max: 10, wait: 0 });
const brokerOf = (transport: MessageTransport) => (transport as unknown as { broker: LocalBroker }).broker;

@Injectable()
class Billing {
  constructor(
    @InjectSqsQueue('invoices') readonly invoices: SqsQueue,
    @InjectSnsTopic('prices') readonly prices: SnsTopic,
  ) {}

  @InjectEventBus('shop')
  readonly shop!: EventBridgeBus;
}

@Injectable()
class Unused {
  constructor(@InjectSqsQueue('never-asked-for') readonly queue: SqsQueue) {}
}

describe('adapters', () => {
  it('are injected by name, and what they name is made at start', async () => {
    const app = await startApp({ providers: [Billing] });
    const transport = app.get(MessageTransport);
    expect(await transport.listQueues()).toEqual(['invoices', 'invoices-dlq']);
    expect(await brokerOf(transport).listTopics()).toEqual(['prices']);
    const { invoices, prices, shop } = app.get(Billing);
    await invoices.send({ id: 1 }, { attributes: { kind: 'invoice' } });
    expect(await receive(transport, 'invoices')).toMatchObject([{ body: '{"id":1}', attributes: { kind: 'invoice' } }]);
    expect(await prices.publish('up')).toEqual({ messageId: expect.any(String) });
    const [result] = await shop.putEvents([{ detailType: 'paid', detail: { id: 1 } }]);
    expect(result).toEqual({ ok: true, value: { eventId: expect.any(String) } });
  });

  it('are injected in modules that know nothing of the others, and where a test puts another', async () => {
    @Module({ providers: [Billing] })
    class BillingModule {}
    const app = await startApp({ imports: [BillingModule] });
    expect(app.get(Billing, { strict: false }).invoices.name).toBe('invoices');
    expect(app.get(getSqsQueueToken('invoices'))).toMatchObject({ name: 'invoices' });
  });

  it('make nothing for classes of other applications', async () => {
    const app = await startApp({ providers: [] });
    const asked = { index: 0, param: getSqsQueueToken('never-asked-for') };
    expect(Reflect.getMetadata('self:paramtypes', Unused)).toEqual([asked]);
    expect(await app.get(MessageTransport).listQueues()).toEqual([]);
  });

  it('send to queues that are made when they are first sent to', async () => {
    const app = await startApp();
    const sqs = app.get(SqsAdapter);
    const { messageId } = await sqs.send('reports', 'text as it is', { delay: 0 });
    expect(await receive(app.get(MessageTransport), 'reports')).toMatchObject([{ messageId, body: 'text as it is' }]);
    expect(await sqs.messages('reports').depth()).toMatchObject({ inFlight: 1 });
  });

  it('settle each entry of a batch by itself', async () => {
    const app = await startApp();
    const results = await app
      .get(SqsAdapter)
      .sendBatch('reports', [{ body: { ok: 1 } }, { body: 10n }, { body: 'x'.repeat(1_048_577) }, { body: 'last' }]);
    expect(results.map((result) => (result.ok ? 'sent' : (result.error as { code?: string }).code))).toEqual([
      'sent',
      'LC_UNSERIALIZABLE_DATA',
      'LC_MESSAGE_TOO_LARGE',
      'sent',
    ]);
  });

  it('keep the order of a group on FIFO queues', async () => {
    const app = await startApp();
    const sqs = app.get(SqsAdapter);
    await expect(sqs.send('ledger.fifo', 1)).rejects.toMatchObject({ code: 'LC_INVALID_MESSAGE' });
    for (let number = 1; number <= 3; number += 1) await sqs.send('ledger.fifo', number, { groupId: 'a' });
    await sqs.send('ledger.fifo', 'same', { groupId: 'a', deduplicationId: 'd' });
    await sqs.send('ledger.fifo', 'again', { groupId: 'a', deduplicationId: 'd' });
    const messages = await receive(app.get(MessageTransport), 'ledger.fifo');
    expect(messages.map(({ body }) => body)).toEqual(['1', '2', '3', 'same']);
  });

  it('publish to topics by filter, and put events on buses by pattern', async () => {
    const app = await startApp();
    const transport = app.get(MessageTransport);
    const broker = brokerOf(transport);
    for (const queue of ['high', 'paid']) await broker.createQueue({ name: queue });
    await broker.createTopic('prices');
    await broker.subscribe({ topic: 'prices', queue: 'high', filterPolicy: { level: ['high'] }, raw: true });
    await broker.createBus('default');
    await broker.putRule('default', { name: 'r', pattern: { 'detail-type': ['paid'] }, targets: [{ queue: 'paid' }] });
    await app.get(SnsAdapter).publishBatch('prices', [
      { message: 1, attributes: { level: 'low' } },
      { message: 2, attributes: { level: 'high' } },
    ]);
    await app.get(EventBridgeAdapter).putEvents([
      { detailType: 'paid', detail: { id: 1 } },
      { detailType: 'placed', detail: {} },
    ]);
    expect((await receive(transport, 'high')).map(({ body }) => body)).toEqual(['2']);
    const [event] = await receive(transport, 'paid');
    expect(JSON.parse(event?.body ?? '')).toMatchObject({ source: 'app', 'detail-type': 'paid', detail: { id: 1 } });
  });

  it('name a connection that this broker does not tell apart', async () => {
    const app = await startApp();
    await app.get(SqsAdapter).on('billing').send('arn:aws:sqs:eu-west-1:123456789012:invoices', 'x');
    expect(await receive(app.get(MessageTransport), 'invoices')).toHaveLength(1);
  });
});
