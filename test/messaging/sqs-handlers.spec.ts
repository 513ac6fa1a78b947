import { Injectable, Scope } from '@nestjs/common';
import {
  defineCommand,
  OnCommand,
  SqsConsumerEventHandler,
  SqsMessageHandler,
  type SqsMessage,
} from 'nestjs-loose-coupling';
import { closeApps, startApp, type StartOptions } from './start-app.js';

afterEach(closeApps);

const sqsConsumers = [{ name: 'orders', queue: 'incoming' }];

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

@Injectable()
class Orders {
  readonly seen: (string | undefined)[] = [];
  @SqsMessageHandler('orders')
  handle({ Body }: SqsMessage): unknown {
    this.seen.push(Body);
    return undefined;
  }
}

describe('a class written for @ssut/nestjs-sqs', () => {
  it('runs one message of a batch as a batch, and a full receive in one call', async () => {
    const sizes: number[] = [];
    @Injectable()
    class Batches {
      @SqsMessageHandler('orders', true)
      async handle(messages: SqsMessage[]) {
        sizes.push(messages.length);
      }
    }
    const { transport } = await startApp({ providers: [Batches], sqsConsumers });
    await transport.queue('incoming').send([{ body: 'alone' }]);
    await until(() => sizes.length === 1);
    await transport.queue('incoming').send(Array.from({ length: 10 }, (_, index) => ({ body: String(index) })));
    await until(() => sizes.reduce((sum, size) => sum + size, 0) === 11);
    expect(sizes).toEqual([1, 10]);
  });

  it('has its method called as it is by then: what was wrapped around it after start-up runs', async () => {
    const wrapped: unknown[] = [];
    const { transport, get } = await startApp({ providers: [Orders], sqsConsumers });
    const orders = get(Orders);
    const original = orders.handle.bind(orders);
    orders.handle = (message) => {
      wrapped.push(message.Body);
      return original(message);
    };
    await transport.queue('incoming').send([{ body: '1' }]);
    await until(() => orders.seen.length === 1);
    expect(wrapped).toEqual(['1']);
  });

  it('is not harmed by its own event handlers', async () => {
    const lines: string[] = [];
    const keep = (line: unknown) => void lines.push(String(line));
    @Injectable()
    class Metrics {
      @SqsConsumerEventHandler('orders', 'message_received')
      throws() {
        throw new Error('no metrics');
      }
      @SqsConsumerEventHandler('orders', 'message_processed')
      rejects() {
        return Promise.reject(new Error('none here either'));
      }
      @SqsConsumerEventHandler('orders', 'empty')
      never() {}
    }
    const { transport, get } = await startApp({
      providers: [Metrics, Orders],
      sqsConsumers,
      logger: { log: keep, warn: keep, error: keep },
    });
    await transport.queue('incoming').send([{ body: '1' }]);
    await until(() => lines.length === 3);
    expect(get(Orders).seen).toEqual(['1']);
    expect(lines.toSorted()).toEqual([
      'Metrics.never is never called: there is no event "empty" here.',
      'Metrics.rejects, told of message_processed, failed: Error: none here either',
      'Metrics.throws, told of message_received, failed: Error: no metrics',
    ]);
    expect(await transport.queue('incoming').depth()).toMatchObject({ available: 0 });
  });

  it('has a message again when it returns an object that is not the message', async () => {
    const results: unknown[] = [{}, { MessageId: 'of another' }];
    @Injectable()
    class Choosy {
      @SqsMessageHandler('orders')
      async handle(message: SqsMessage) {
        return results.length > 0 ? results.shift() : message;
      }
    }
    const { transport } = await startApp({
      providers: [Choosy],
      sqsConsumers: [{ ...sqsConsumers[0]!, visibilityTimeout: 10 }],
    });
    await transport.queue('incoming').send([{ body: '1' }]);
    const depth = () => transport.queue('incoming').depth();
    await until(() => results.length === 0);
    while ((await depth()).available + (await depth()).inFlight > 0) await new Promise(setImmediate);
    expect(await transport.queue('incoming-dlq').depth()).toMatchObject({ available: 0 });
  });

  it('is left to @ssut/nestjs-sqs without the option', async () => {
    const { transport } = await startApp({ providers: [Orders] });
    expect(await transport.listQueues()).toEqual([]);
  });

  describe('does not start', () => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      @SqsMessageHandler('orders')
      handle() {}
    }
    @Injectable()
    class Rival {
      @SqsMessageHandler('orders')
      handle() {}
    }
    const Import = defineCommand('incoming', { queue: 'incoming' });
    @Injectable()
    class Commands {
      @OnCommand(Import)
      handle() {}
    }
    @Injectable()
    class Lost {
      @SqsConsumerEventHandler('order', 'error')
      handle() {}
    }

    it.each<[string, StartOptions, RegExp]>([
      [
        '[ssut-#51] without its class',
        {},
        /expected one @SqsMessageHandler\('orders'\), came none; is its class provided/,
      ],
      ['with two handlers of one consumer', { providers: [Orders, Rival] }, /came Orders\.handle and Rival\.handle/],
      ['for each request', { providers: [Scoped] }, /Scoped\.handle: its class is request-scoped/],
      [
        'beside handlers of the same queue',
        { providers: [Orders, Commands] },
        /queues without other handlers.*"incoming"/,
      ],
      [
        'with a name that is no consumer’s',
        { providers: [Orders, Lost] },
        /Lost\.handle: its consumer: .*orders.*"order"/,
      ],
      ['without a queue', { sqsConsumers: [{ name: 'orders' } as never] }, /sqsConsumers\[0\]\.queue/],
      [
        'with two consumers of one name',
        { sqsConsumers: [...sqsConsumers, ...sqsConsumers] },
        /another consumer called "orders"/,
      ],
      ['with what it does not know', { sqsConsumers: [{ ...sqsConsumers[0], batchSize: 5 } as never] }, /batchSize/],
      ['with a number for a list', { sqsConsumers: 5 as never }, /sqsConsumers: expected a list of consumers/],
    ])('%s', async (_, options, fault) => {
      await expect(startApp({ sqsConsumers, ...options })).rejects.toThrow(fault);
    });
  });
});
