import { Injectable } from '@nestjs/common';
import { SqsConsumerEventHandler, SqsMessageHandler } from '@ssut/nestjs-sqs';
import type { SqsMessage } from 'nestjs-loose-coupling';
import { describeTransports } from './describe-transports.js';

jest.setTimeout(60_000);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition());) {
    if (Date.now() > deadline) throw new Error(`Never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const bodyOf = ({ Body }: SqsMessage) => JSON.parse(Body ?? '') as { id: string };

// The classes are written for @ssut/nestjs-sqs, with its own decorators.
describeTransports('classes of @ssut/nestjs-sqs', (start) => {
  it('handle messages as SQS has them, and are told of each', async () => {
    const seen: unknown[] = [];
    const told: string[] = [];
    @Injectable()
    class Orders {
      private readonly name = 'orders';
      @SqsMessageHandler('orders')
      async handle(message: SqsMessage) {
        const { MessageId = '', Attributes, MessageAttributes } = message;
        const { ApproximateReceiveCount } = Attributes ?? {};
        seen.push([
          this.name,
          bodyOf(message),
          MessageId.length,
          ApproximateReceiveCount,
          MessageAttributes?.['tenant'],
        ]);
      }
    }
    @Injectable()
    class Metrics {
      private readonly name = 'metrics';
      @SqsConsumerEventHandler('orders', 'message_received')
      received(message: SqsMessage) {
        told.push(`${this.name} received ${bodyOf(message).id}`);
      }
      @SqsConsumerEventHandler('orders', 'message_processed')
      processed(message: SqsMessage) {
        told.push(`${this.name} processed ${bodyOf(message).id}`);
      }
    }
    const { transport } = await start({
      providers: [Metrics, Orders],
      sqsConsumers: [{ name: 'orders', queue: 'incoming-orders' }],
    });
    const queue = transport.queue('incoming-orders');
    await queue.send([{ body: '{"id":"1"}', attributes: { tenant: 't-1' } }]);
    await until(() => told.length === 2);
    expect(seen).toEqual([
      ['orders', { id: '1' }, 36, '1', expect.objectContaining({ DataType: 'String', StringValue: 't-1' })],
    ]);
    expect(told).toEqual(['metrics received 1', 'metrics processed 1']);
    await until(async () => JSON.stringify(await queue.depth()) === '{"available":0,"inFlight":0,"delayed":0}');
  });

  it('get a message again after they threw, and then it is a dead letter of the queue', async () => {
    const attempts: string[] = [];
    const errors: unknown[] = [];
    @Injectable()
    class Orders {
      @SqsMessageHandler('orders')
      handle({ Attributes }: SqsMessage) {
        attempts.push(Attributes?.['ApproximateReceiveCount'] ?? '');
        throw new RangeError('no stock');
      }
      @SqsConsumerEventHandler('orders', 'processing_error')
      failed(error: unknown, message: SqsMessage) {
        errors.push([error, bodyOf(message)]);
      }
    }
    const { transport } = await start({
      providers: [Orders],
      consumer: { retry: { maxAttempts: 2 } },
      sqsConsumers: [{ name: 'orders', queue: 'incoming-orders', visibilityTimeout: 1_000 }],
    });
    await transport.queue('incoming-orders').send([{ body: '{"id":"1"}' }]);
    let letter: string | undefined;
    await until(async () => {
      letter ??= (await transport.queue('incoming-orders-dlq').receive({ max: 1, wait: 1_000 }))[0]?.body;
      return letter !== undefined;
    });
    expect({ attempts, letter }).toEqual({ attempts: ['1', '2'], letter: '{"id":"1"}' });
    expect(errors).toEqual(attempts.map(() => [new RangeError('no stock'), { id: '1' }]));
  });

  it('take batches, and have done what they list, all, or with an error nothing', async () => {
    const attempts = new Map<string, number>();
    const failures: unknown[] = [];
    @Injectable()
    class Orders {
      @SqsMessageHandler('orders', true)
      async handle(messages: SqsMessage[]): Promise<SqsMessage[] | undefined> {
        for (const { id } of messages.map(bodyOf)) attempts.set(id, (attempts.get(id) ?? 0) + 1);
        const attemptOfAgain = attempts.get('again');
        if (!messages.some((message) => bodyOf(message).id === 'again')) return undefined;
        if (attemptOfAgain === 1) return messages.filter((message) => bodyOf(message).id !== 'again');
        if (attemptOfAgain === 2) throw new Error('second time');
        return undefined;
      }
      @SqsConsumerEventHandler('orders', 'error')
      failed(error: unknown, messages: SqsMessage[]) {
        failures.push([error, messages.map(bodyOf)]);
      }
    }
    const { transport } = await start({
      providers: [Orders],
      sqsConsumers: [{ name: 'orders', queue: 'incoming-orders', visibilityTimeout: 1_000 }],
    });
    const queue = transport.queue('incoming-orders');
    await queue.send(['1', '2', 'again'].map((id) => ({ body: JSON.stringify({ id }) })));
    await until(() => attempts.get('again') === 3);
    expect(Object.fromEntries(attempts)).toEqual({ 1: 1, 2: 1, again: 3 });
    expect(failures).toEqual([[new Error('second time'), [{ id: 'again' }]]]);
    await until(async () => JSON.stringify(await queue.depth()) === '{"available":0,"inFlight":0,"delayed":0}');
  });
});
