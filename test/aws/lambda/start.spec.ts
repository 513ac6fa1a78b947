import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineEvent, LooseCouplingModule, OnEvent, type LooseCouplingOptions } from 'nestjs-loose-coupling';
import { createSqsLambdaHandler, type LambdaApplicationSource } from 'nestjs-loose-coupling/aws';
import { closeApps, startApp } from '../../messaging/start-app.js';
import { RECORDED_SQS_EVENT } from './recorded-events.js';

const Placed = defineEvent<{ orderId: string }>('shop.order.placed');
const seen: string[] = [];

@Injectable()
class Handlers {
  @OnEvent(Placed)
  placed({ orderId }: { orderId: string }) {
    seen.push(orderId);
  }
}

const compile = (options: LooseCouplingOptions = {}) =>
  Test.createTestingModule({
    imports: [LooseCouplingModule.forRoot({ logger: false, consumer: { enabled: false }, ...options })],
    providers: [Handlers],
  }).compile();

describe('a Lambda function', () => {
  beforeEach(() => (seen.length = 0));
  afterEach(closeApps);

  it('starts its application once, before the first invocation', async () => {
    const app = await compile();
    const make = jest.fn(async () => app);
    const handler = createSqsLambdaHandler(make);
    expect(make).toHaveBeenCalledTimes(1);
    await Promise.all([handler(RECORDED_SQS_EVENT), handler({ Records: [] })]);
    await handler({ Records: [] });
    expect(make).toHaveBeenCalledTimes(1);
    expect(seen).toEqual(['1']);
    await app.close();
  });

  it('rejects with what kept it from starting, and starts with the next invocation', async () => {
    const app = await compile();
    const make = jest.fn<Promise<typeof app>, []>(async () => app).mockRejectedValueOnce(new Error('no secret'));
    const handler = createSqsLambdaHandler(make);
    await new Promise(setImmediate);
    await expect(handler(RECORDED_SQS_EVENT)).rejects.toThrow('no secret');
    expect(await handler(RECORDED_SQS_EVENT)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['1']);
    await app.close();
  });

  it('refuses an application that receives by itself', async () => {
    const { app } = await startApp();
    await expect(createSqsLambdaHandler(app)(RECORDED_SQS_EVENT)).rejects.toThrow('consumer.enabled: expected false');
  });

  it('names the queues there are when it gets messages of another', async () => {
    const { app } = await startApp({ consumer: { enabled: false } });
    await expect(createSqsLambdaHandler(app)(RECORDED_SQS_EVENT)).rejects.toThrow(
      'no handler receives from "app-shop-order-placed"; queues with handlers are none',
    );
  });

  it('finds its queue by the ARN with the prefix of the stage, or by name', async () => {
    const app = await compile({
      service: 'app',
      transport: { type: 'aws', prefix: 'prod', provision: 'none' },
      aws: { region: 'us-east-2', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
    });
    const source: LambdaApplicationSource = app;
    const [record] = RECORDED_SQS_EVENT.Records;
    const from = (queue: string) =>
      ({
        Records: [{ ...record, eventSourceARN: `arn:aws:sqs:us-east-2:123456789012:${queue}` } as typeof record],
      }) as typeof RECORDED_SQS_EVENT;
    expect(await createSqsLambdaHandler(source)(from('prod-app-shop-order-placed'))).toEqual({ batchItemFailures: [] });
    await expect(createSqsLambdaHandler(source)(from('stock'))).rejects.toThrow('are prod-app-shop-order-placed.');
    const named = createSqsLambdaHandler(source, { queue: 'app-shop-order-placed' });
    expect(await named(from('stock'))).toEqual({ batchItemFailures: [] });
    await app.close();
  });

  it('lists everything that is wrong with its options', () => {
    const wrong = { queue: 1, concurrency: 0, changeVisibility: 'no', colour: 'red' } as never;
    expect(() => createSqsLambdaHandler(compile, wrong)).toThrow(/colour[^]*concurrency[^]*changeVisibility[^]*queue/);
  });
});
