import { Injectable } from '@nestjs/common';
import { context as otel, trace } from '@opentelemetry/api';
import {
  defineCommand,
  defineEvent,
  Discard,
  MessageBus,
  MessageTransport,
  OnEvent,
  OnRequest,
  RetryLater,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { EventStore } from 'nestjs-loose-coupling/event-sourcing';
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
});

function recording() {
  const current = register();
  return { spans: current.spans, named: (name: string) => current.named(name) };
}
