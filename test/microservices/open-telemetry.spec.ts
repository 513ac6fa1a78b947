import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { SpanKind, trace } from '@opentelemetry/api';
import { InvalidOptionsError } from 'nestjs-loose-coupling';
import { SqsClient, SqsServer } from 'nestjs-loose-coupling/microservices';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { traceBridge } from '../../libs/loose-coupling/src/kernel/index.js';
import { RecordingTracer } from '../support/recording-tracer.js';
import { collector } from './collector.js';
import { describeMicroservices } from './describe-microservices.js';

const seen = collector<string | undefined>();
const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;

@Controller()
class Stock {
  @MessagePattern('stock.get')
  get(@Payload() sku: string) {
    if (sku === 'none') throw new RangeError('no such product');
    return activeSpan() ?? 'none';
  }

  @EventPattern('stock.counted')
  counted() {
    seen.add(activeSpan());
  }
}

describeMicroservices('spans of SqsServer and SqsClient', (bench) => {
  let tracer: RecordingTracer;
  beforeEach(() => {
    seen.clear();
    tracer = RecordingTracer.register();
  });
  afterEach(() => tracer.end());

  it('are a trace from who asks to who answers, and of a failure', async () => {
    const { microservice } = await bench().service({ controllers: [Stock] });
    const client = bench().client();
    const active = await tracer.inSpan('request', () => firstValueFrom(client.send<string>('stock.get', 'chair')));
    await expect(firstValueFrom(client.send('stock.get', 'none'))).rejects.toMatchObject({ status: 'error' });
    await microservice.close();

    const [request] = tracer.named('request');
    const [send, sendAgain] = tracer.named('send inventory');
    const [process, failed] = tracer.named('process inventory');
    expect(send).toMatchObject({ kind: SpanKind.PRODUCER, parentSpanId: request?.spanContext().spanId, ends: 1 });
    expect(process).toMatchObject({
      kind: SpanKind.CONSUMER,
      parentSpanId: send?.spanContext().spanId,
      links: [{ context: { spanId: send?.spanContext().spanId, isRemote: true } }],
      attributes: {
        'messaging.destination.name': 'inventory',
        'messaging.message.id': send?.attributes['messaging.message.id'],
        'loose_coupling.handler': 'stock.get',
        'loose_coupling.attempt': 1,
      },
      ends: 1,
    });
    expect(process?.status).toBeUndefined();
    expect(active).toBe(process?.spanContext().spanId);
    expect(failed).toMatchObject({ parentSpanId: sendAgain?.spanContext().spanId, ends: 1 });
    expect(failed?.status).toMatchObject({ code: 2 });
  });

  it('are there for events too, and end with who made them', async () => {
    const { microservice } = await bench().service({ controllers: [Stock] });
    const client = bench().client({ events: 'topic' });
    await lastValueFrom(client.emit('stock.counted', {}), { defaultValue: undefined });
    const [active] = await seen.take(1);
    await client.close();
    await microservice.close();
    expect(traceBridge()).toBeUndefined();
    const [publish] = tracer.named('publish stock.counted');
    const [process] = tracer.named('process inventory');
    expect(process?.parentSpanId).toBe(publish?.spanContext().spanId);
    expect(active).toBe(process?.spanContext().spanId);
  });

  it('are none where they are switched off', async () => {
    const { microservice } = await bench().service({ controllers: [Stock], openTelemetry: false });
    await lastValueFrom(bench().client({ openTelemetry: false }).emit('stock.counted', {}), {
      defaultValue: undefined,
    });
    expect(await seen.take(1)).toEqual([undefined]);
    await microservice.close();
    expect(tracer.spans).toEqual([]);
  });

  it('are switched by true and false only', () => {
    const options = { transport: bench().transport, queue: 'inventory', openTelemetry: 'yes' as never };
    for (const Part of [SqsServer, SqsClient]) {
      expect(() => new Part(options)).toThrow(InvalidOptionsError);
      expect(() => new Part(options)).toThrow('openTelemetry: expected true or false, got "yes"');
    }
  });
});
