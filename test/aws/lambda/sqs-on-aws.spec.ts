import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { defineCommand, OnCommand, RetryLater, type MessageContext } from 'nestjs-loose-coupling';
import { createSqsLambdaHandler } from 'nestjs-loose-coupling/aws';
import { closeApps, startApp } from '../../messaging/start-app.js';
import { describeOnAws } from '../../support/aws-emulator/index.js';
import { sqsEventOf } from './recorded-events.js';

const Work = defineCommand<{ does?: string }>('shop.work');
jest.setTimeout(30_000);

@Injectable()
class Handlers {
  @OnCommand(Work, { retry: { maxAttempts: 1 } })
  work({ does }: { does?: string }, context: MessageContext) {
    if (does === 'later' && context.attempt === 1) throw new RetryLater(0);
    if (does === 'fail') throw new Error('The database is away');
  }
}

describeOnAws('a Lambda function with the queues of SQS', (aws) => {
  afterEach(closeApps);

  it('finds its queue by the ARN, lets what failed come again, and fills the dead-letter queue', async () => {
    const { endpoint, region, credentials } = aws();
    const prefix = `t${randomUUID().slice(0, 8)}`;
    const { app, bus, transport, deadLetters } = await startApp({
      service: 'app',
      providers: [Handlers],
      transport: { type: 'aws', prefix, provision: 'create' },
      aws: { endpoint, region, credentials },
      consumer: { enabled: false },
    });
    const handler = createSqsLambdaHandler(app);
    const queue = transport.queue('shop-work');
    const invoke = async (count: number) => {
      const messages = await queue.receive({ max: 10, wait: 10_000, visibilityTimeout: 900_000 });
      expect(messages).toHaveLength(count);
      const { batchItemFailures } = await handler(sqsEventOf(`${prefix}-shop-work`, messages));
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      await queue.delete(
        messages.flatMap(({ messageId, receiptHandle }) => (failed.has(messageId) ? [] : receiptHandle)),
      );
      return failed.size;
    };

    await bus.send(Work, {});
    expect(await invoke(1)).toBe(0);
    await bus.send(Work, { does: 'later' });
    expect(await invoke(1)).toBe(1);
    expect(await invoke(1)).toBe(0);
    await bus.send(Work, { does: 'fail' });
    expect(await invoke(1)).toBe(0);
    const [letter] = await deadLetters.peek('shop-work', { limit: 1 });
    expect(letter).toMatchObject({ details: { message: 'The database is away', attempts: 1 } });
  });
});
