import { Injectable } from '@nestjs/common';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { defineCommand, defineEvent, MessageBus, OnCommand, OnEvent, type MessageContext } from 'nestjs-loose-coupling';
import { RecordingTracer } from '../support/recording-tracer.js';
import { describeTransports } from './describe-transports.js';

jest.setTimeout(40_000);

const Placed = defineEvent<{ id: string }>('shop.spanned');
const Reserve = defineCommand<{ id: string }>('inventory.spanned');
const EVENTS = 'app-shop-spanned';
const COMMANDS = 'inventory-spanned';

describeTransports('spans of OpenTelemetry', (start) => {
  let tracer: RecordingTracer;
  beforeEach(() => (tracer = RecordingTracer.register()));
  afterEach(() => tracer.end());

  it('follow a message from who sends to who handles, through each hop', async () => {
    const seen: Record<string, unknown> = {};
    @Injectable()
    class Stock {
      constructor(private readonly bus: MessageBus) {}

      @OnEvent(Placed)
      async placed({ id }: { id: string }, { traceparent }: MessageContext) {
        seen['event'] = [trace.getActiveSpan()?.spanContext().spanId, traceparent];
        await tracer.inSpan('of the user', () => this.bus.send(Reserve, { id }));
      }

      @OnCommand(Reserve)
      reserve(_: unknown, { traceparent }: MessageContext) {
        seen['command'] = [trace.getActiveSpan()?.spanContext().spanId, traceparent];
      }
    }
    const { bus, probe } = await start({ providers: [Stock] });
    const { id } = await tracer.inSpan('request', () => bus.publish(Placed, { id: '1' }));
    await probe.consumed(Reserve, undefined, { timeout: 15_000 });

    const [request] = tracer.named('request');
    const [publish] = tracer.named('publish shop.spanned');
    const [placed] = tracer.named(`process ${EVENTS}`);
    const [user] = tracer.named('of the user');
    const [send] = tracer.named(`send ${COMMANDS}`);
    const [reserve] = tracer.named(`process ${COMMANDS}`);
    const chain = [request, publish, placed, user, send, reserve];
    expect(chain.map((span) => span?.parentSpanId)).toEqual([
      undefined,
      ...chain.slice(0, -1).map((span) => span?.spanContext().spanId),
    ]);
    expect(new Set(chain.map((span) => span?.spanContext().traceId)).size).toBe(1);
    expect(seen).toEqual({
      event: [placed?.spanContext().spanId, publish?.traceparent],
      command: [reserve?.spanContext().spanId, send?.traceparent],
    });
    expect(chain.map((span) => span?.kind)).toEqual([
      SpanKind.INTERNAL,
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
      SpanKind.INTERNAL,
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
    ]);
    for (const [process, sender] of [
      [placed, publish],
      [reserve, send],
    ]) {
      expect(process?.links.map((link) => link.context)).toMatchObject([
        { spanId: sender?.spanContext().spanId, isRemote: true },
      ]);
    }
    expect(publish?.attributes).toEqual({
      'messaging.system': expect.any(String),
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'shop.spanned',
      'messaging.message.id': id,
      'messaging.message.conversation_id': id,
    });
    expect(placed?.attributes).toMatchObject({
      'messaging.operation.type': 'process',
      'messaging.destination.name': EVENTS,
      'messaging.message.id': id,
      'loose_coupling.attempt': 1,
    });
  });

  it('end once, say what kind of error there was, and hold nothing of the message', async () => {
    @Injectable()
    class Stock {
      @OnEvent(Placed, { retry: { maxAttempts: 2, initialDelay: 0, maxDelay: 0 } })
      placed({ id }: { id: string }) {
        throw new RangeError(`no ${id}`);
      }
    }
    const { bus, deadLetter, close } = await start({ providers: [Stock] });
    await bus.publish(Placed, { id: 'secret' });
    await deadLetter(EVENTS);
    await close();
    const processed = tracer.named(`process ${EVENTS}`);
    expect(processed.map(({ attributes, status }) => [attributes['error.type'], status])).toEqual(
      [1, 2].map(() => ['RangeError', { code: SpanStatusCode.ERROR }]),
    );
    expect(tracer.spans.map(({ ends }) => ends)).toEqual([1, 1, 1]);
    expect(JSON.stringify(tracer.spans)).not.toContain('secret');
  });
});
