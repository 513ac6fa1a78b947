import { Injectable } from '@nestjs/common';
import { context as otel, SpanKind, trace } from '@opentelemetry/api';
import {
  defineCommand,
  defineEvent,
  Discard,
  EventBridgeAdapter,
  MessageBus,
  MessageTransport,
  OnEvent,
  OnRequest,
  RetryLater,
  SnsAdapter,
  SqsAdapter,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { AwsTransport } from 'nestjs-loose-coupling/aws';
import { EventStore, OutgoingMessageFactory } from 'nestjs-loose-coupling/event-sourcing';
import { z } from 'zod';
import { traceBridge, withCorrelation } from '../../libs/loose-coupling/src/kernel/index.js';
import { RecordingTracer } from '../support/recording-tracer.js';
import { closeApps, startApp } from './start-app.js';

const Placed = defineEvent('shop.order.placed', { schema: z.object({ id: z.string() }) });
const Ask = defineCommand<{ id: string }>('shop.ask');
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

let tracer: RecordingTracer | undefined;
const register = () => (tracer = RecordingTracer.register());

afterEach(async () => {
  await closeApps();
  tracer?.end();
  tracer = undefined;
});

@Injectable()
class Reactions {
  readonly seen: (string | undefined)[] = [];

  constructor(private readonly bus: MessageBus) {}

  @OnEvent(Placed, { retry: { initialDelay: 0, maxDelay: 0 } })
  placed({ id }: { id: string }, { attempt }: MessageContext) {
    this.seen.push(trace.getActiveSpan()?.spanContext().traceId);
    if (id === 'gone') throw new Discard();
    if (id === 'later' && attempt === 1) throw new RetryLater(0);
  }

  @OnRequest(Ask)
  async ask({ id }: { id: string }) {
    if (id === 'none') throw new Error('none');
    await this.bus.publish(Placed, { id });
    return { id };
  }
}

describe('OpenTelemetry', () => {
  it('is used where a tracer provider is registered, and until the application is closed', async () => {
    const spans = register().spans;
    const { bus, probe, close } = await startApp({ providers: [Reactions] });
    await bus.publish(Placed, { id: '1' });
    await probe.consumed(Placed);
    expect(spans.map(({ name }) => name)).toEqual(['publish shop.order.placed', 'process app-shop-order-placed']);
    expect(traceBridge()?.active()).toBeUndefined();
    await close();
    expect(traceBridge()).toBeUndefined();
  });

  it.each([
    ['is not used where none is registered', false, undefined],
    ['is not used where it is switched off', true, false],
  ])('%s', async (_title, registered, openTelemetry) => {
    const spans = registered ? register().spans : [];
    const { bus, probe, app } = await startApp({
      providers: [Reactions],
      ...(openTelemetry !== undefined && { openTelemetry }),
    });
    await bus.publish(Placed, { id: '1' });
    const { context } = await probe.consumed(Placed);
    expect(spans).toEqual([]);
    expect(traceBridge()).toBeUndefined();
    expect(context.traceparent).toBeUndefined();
    expect(app.get(Reactions).seen).toEqual([undefined]);
  });

  it('can be asked for before a provider is there', async () => {
    const { bus, probe } = await startApp({ providers: [Reactions], openTelemetry: true });
    await bus.publish(Placed, { id: '1' });
    expect((await probe.consumed(Placed)).context.traceparent).toBeUndefined();
    const { spans } = register();
    await bus.publish(Placed, { id: '2' });
    await probe.consumed(Placed, ({ data }) => data.id === '2');
    expect(spans).toHaveLength(2);
  });

  it('has a span for each message of a list, and for one that is refused', async () => {
    const { named, spans } = recording();
    const { bus } = await startApp({ providers: [Reactions] });
    await bus.publishAll(['1', '2'].map((id) => ({ event: Placed, data: { id } })));
    await expect(bus.publish(Placed, { id: 1 } as never)).rejects.toThrow('shop.order.placed');
    await expect(bus.publishAll([{ event: Placed, data: {} as never }])).rejects.toThrow('shop.order.placed');
    const published = named('publish shop.order.placed');
    expect(published.map(({ attributes }) => attributes['error.type'])).toEqual([
      undefined,
      undefined,
      'LC_INVALID_MESSAGE_DATA',
      'LC_INVALID_MESSAGE_DATA',
    ]);
    expect(new Set(published.map((span) => span.traceparent)).size).toBe(4);
    expect(spans.filter(({ name, ends }) => name.startsWith('publish') && ends !== 1)).toEqual([]);
  });

  it('has one for what the transport does not accept', async () => {
    const { named } = recording();
    const { bus, app } = await startApp({ providers: [Reactions] });
    jest
      .spyOn(app.get(MessageTransport), 'publish')
      .mockResolvedValueOnce([{ ok: false, error: new TypeError('away'), permanent: false }]);
    await expect(bus.publish(Placed, { id: '1' })).rejects.toThrow('away');
    expect(named('publish shop.order.placed')).toMatchObject([{ ends: 1, attributes: { 'error.type': 'TypeError' } }]);
  });

  it('takes a request, its handler and what that publishes as one trace', async () => {
    const { spans, named } = recording();
    const { bus, probe } = await startApp({ providers: [Reactions] });
    await bus.request(Ask, { id: '1' });
    await probe.consumed(Placed);
    await expect(bus.request(Ask, { id: 'none' })).rejects.toMatchObject({ code: 'LC_REMOTE_ERROR' });
    const [answered, failed] = named('process shop-ask');
    expect(spans.filter((span) => span.spanContext().traceId === answered?.spanContext().traceId)).toHaveLength(4);
    expect(failed).toMatchObject({ attributes: { 'error.type': 'Error' } });
  });

  it('does not take what a handler says of a message for a failure', async () => {
    const { named } = recording();
    const { bus, probe, close } = await startApp({ providers: [Reactions] });
    await bus.publish(Placed, { id: 'gone' });
    await bus.publish(Placed, { id: 'later' });
    await probe.consumed(Placed, ({ data }) => data.id === 'later');
    await close();
    const processed = named('process app-shop-order-placed');
    expect(processed.map(({ status, ends }) => [status, ends])).toEqual([1, 2, 3].map(() => [undefined, 1]));
  });

  it('goes on with a trace that came without it, and gives its own to what is stored', async () => {
    const { named } = recording();
    const { bus, probe, app } = await startApp({ providers: [Reactions] });
    await withCorrelation({ correlationId: 'c', traceparent: PARENT }, () => bus.publish(Placed, { id: '1' }));
    await probe.consumed(Placed);
    const [publish] = named('publish shop.order.placed');
    expect(publish).toMatchObject({ parentSpanId: '00f067aa0ba902b7' });
    expect(app.get(Reactions).seen).toEqual([TRACE]);

    const store = app.get(EventStore);
    const seen: (string | undefined)[] = [];
    const stored = new Promise<void>((resolve) => {
      store.subscribeToAll(() => {
        seen.push(trace.getSpanContext(otel.active())?.spanId);
        resolve();
      });
    });
    await tracer?.inSpan('request', () => store.appendToStream('a-1', [{ type: 'happened', data: {} }]));
    await stored;
    const [request] = named('request');
    for await (const { metadata } of store.readStream('a-1')) {
      expect(metadata).toMatchObject({ traceparent: request?.traceparent });
    }
    expect(seen).toEqual([request?.spanContext().spanId]);
  });

  it('has a span for each attempt of the outbox, in the trace of who committed', async () => {
    const { named } = recording();
    const { probe, app } = await startApp({ providers: [Reactions] });
    jest
      .spyOn(app.get(MessageTransport), 'publish')
      .mockResolvedValueOnce([{ ok: false, error: new TypeError('away'), permanent: false }]);
    const message = await tracer?.inSpan('request', async () => {
      const made = await app.get(OutgoingMessageFactory).create(Placed, { id: '1' });
      await app.get(EventStore).commit({ appends: [], messages: [made] });
      return made;
    });
    const { context } = await probe.consumed(Placed);
    const [request] = named('request');
    const [failed, published] = named('publish shop.order.placed');
    const trail = { parentSpanId: request?.spanContext().spanId, ends: 1 };
    expect(failed).toMatchObject({ ...trail, attributes: { 'error.type': 'TypeError' } });
    expect(published).toMatchObject({ ...trail, attributes: { 'messaging.message.id': message?.envelope.id } });
    expect(published?.attributes['error.type']).toBeUndefined();
    expect(published?.spanContext().traceId).toBe(request?.spanContext().traceId);
    expect(context.envelope.traceparent).toBe(request?.traceparent);
    expect(named('publish shop.order.placed')).toHaveLength(2);
  });

  it('has a span of its own for what an outbox sends that was committed in no trace', async () => {
    const { named } = recording();
    const { probe, app } = await startApp({ providers: [Reactions] });
    const made = await app.get(OutgoingMessageFactory).create(Placed, { id: '1' });
    await tracer?.inSpan('another', () => app.get(EventStore).commit({ appends: [], messages: [made] }));
    await probe.consumed(Placed);
    expect(named('publish shop.order.placed')).toMatchObject([{ parentSpanId: undefined, ends: 1 }]);
  });

  it('has a span for each message of the adapters, and for each that is refused', async () => {
    const { named } = recording();
    const { app } = await startApp();
    const [sqs, sns, bus] = [app.get(SqsAdapter), app.get(SnsAdapter), app.get(EventBridgeAdapter)];
    const sent = await tracer?.inSpan('request', () => sqs.send('invoices', { id: '1' }));
    const [first] = await sqs.on('any').sendBatch('arn:aws:sqs:eu-west-1:1:invoices', [{ body: 'x' }, { body: 1n }]);
    await expect(sqs.send('invoices', 1n)).rejects.toThrow('invoices');
    const note = await sns.topic('prices').publish('p');
    await sns.on('any').publishBatch('prices', [{ message: 'p' }]);
    const [put] = await bus.putEvents([{ detailType: 't', detail: {} }]);
    await bus
      .on('any')
      .bus('shop')
      .putEvents([{ detailType: 't', detail: {} }]);
    jest.spyOn(app.get(MessageTransport), 'provision').mockRejectedValueOnce(new TypeError('away'));
    await expect(sqs.sendBatch('another', [{ body: 'x' }])).rejects.toThrow('away');

    const idOf = (given: object | undefined) => (given as { attributes: object }).attributes;
    const [request] = named('request');
    const queue = { 'messaging.operation.name': 'send', 'messaging.destination.name': 'invoices' };
    expect(named('send invoices').map(idOf)).toEqual([
      expect.objectContaining({ ...queue, 'messaging.message.id': sent?.messageId }),
      expect.objectContaining({ 'messaging.message.id': first?.ok ? first.value.messageId : 'refused' }),
      expect.objectContaining({ 'error.type': 'LC_UNSERIALIZABLE_DATA' }),
      expect.objectContaining({ 'error.type': 'LC_UNSERIALIZABLE_DATA' }),
    ]);
    expect(named('send invoices')[0]).toMatchObject({
      kind: SpanKind.PRODUCER,
      parentSpanId: request?.spanContext().spanId,
    });
    expect(named('publish prices').map(idOf)).toMatchObject([{ 'messaging.message.id': note.messageId }, {}]);
    expect(named('publish default').map(idOf)).toMatchObject([
      { 'messaging.message.id': put?.ok ? put.value.eventId : 'refused' },
    ]);
    expect(named('publish shop')).toHaveLength(1);
    expect(named('send another').map(idOf)).toMatchObject([{ 'error.type': 'TypeError' }]);
    expect(tracer?.spans.filter(({ name, ends }) => name !== 'request' && ends !== 1)).toEqual([]);
  });

  it('is told by a transport what its messages go over', () => {
    const of = (more: object) => new AwsTransport({ type: 'aws', service: 's', aws: { region: 'eu-west-1' }, ...more });
    const aws = { queues: 'aws_sqs', topics: 'aws.sns', buses: 'aws.eventbridge' };
    expect(of({}).systems).toEqual({ ...aws, events: 'aws.sns' });
    expect(of({ eventBus: 'shop' }).systems).toEqual({ ...aws, events: 'aws.eventbridge' });
  });
});

function recording() {
  const current = register();
  return { spans: current.spans, named: (name: string) => current.named(name) };
}
