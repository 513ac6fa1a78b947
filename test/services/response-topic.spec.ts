import { Injectable } from '@nestjs/common';
import { MessageBus, OnCommand, OnRequest, type MessageContext } from 'nestjs-loose-coupling';
import { defineService, ServiceClients, type ServiceOptions } from 'nestjs-loose-coupling/services';
import { z } from 'zod';
import { withCorrelation } from '../../libs/loose-coupling/src/kernel/index.js';
import { describeTransports } from '../conformance/describe-transports.js';

const Pricing = defineService('pricing', {
  operations: {
    quote: { input: z.object({ sku: z.string() }), output: z.object({ sku: z.string(), price: z.number() }) },
  },
});
const TOPIC = 'pricing.answered';
const service: ServiceOptions = {
  name: 'pricing',
  requestQueue: Pricing.queue,
  responseTopic: TOPIC,
  retry: false,
  timeoutMs: 20_000,
};

/** Answers through the library. */
@Injectable()
class PricingService {
  static readonly keys: unknown[] = [];

  @OnRequest(Pricing.operations.quote.message, { responseTopic: TOPIC, retry: { maxAttempts: 2, initialDelay: 0 } })
  quote({ sku }: { sku: string }, { idempotencyKey }: MessageContext) {
    if (idempotencyKey !== undefined) PricingService.keys.push(idempotencyKey);
    if (sku === 'broken') throw new RangeError('no price');
    return { sku, price: sku === 'odd' ? ('three' as never) : sku.length };
  }
}

/** Publishes its answer itself, and knows of the request no more than its correlation id. */
@Injectable()
class ForeignService {
  constructor(private readonly bus: MessageBus) {}

  @OnCommand(Pricing.operations.quote.message)
  async quote({ sku }: { sku: string }, { correlationId }: MessageContext) {
    const publish = (of: string, data: object) =>
      withCorrelation({ correlationId: of }, () => this.bus.publish(TOPIC, data));
    await publish('of somebody else', { sku: 'another', price: 0 });
    await publish(correlationId, { sku, price: 7 });
  }
}

jest.setTimeout(60_000);

describeTransports('a service that answers through a topic', (start) => {
  const open = async (provider: new (...args: never[]) => unknown, options: Partial<ServiceOptions> = {}) => {
    const app = await start({ providers: [provider], services: [{ ...service, ...options }] });
    return { app, client: app.get(ServiceClients).get(Pricing) };
  };

  it('answers each request with its own answer, also those of one correlation', async () => {
    const { client } = await open(PricingService);
    const skus = ['a', 'bb', 'ccc'];
    const answers = await Promise.all(skus.map((sku) => client.request('quote', { sku }, { correlationId: 'c' })));
    expect(answers).toEqual(skus.map((sku) => ({ sku, price: sku.length })));
  });

  it('answers a request that is repeated, and is told by its key that it is the same', async () => {
    const { client } = await open(PricingService);
    PricingService.keys.length = 0;
    for (let time = 0; time < 2; time += 1) {
      const answer = await client.request('quote', { sku: 'a' }, { idempotencyKey: 'w-1/quote' });
      expect(answer).toEqual({ sku: 'a', price: 1 });
    }
    expect(PricingService.keys).toEqual(['w-1/quote', 'w-1/quote']);
  });

  it('says that it failed, when the message is given up', async () => {
    const { client, app } = await open(PricingService);
    await expect(client.request('quote', { sku: 'broken' })).rejects.toMatchObject({
      code: 'LC_SERVICE_RESPONSE',
      cause: { errorType: 'RangeError', remoteMessage: 'no price' },
    });
    expect((await app.deadLetter(Pricing.queue)).details).toMatchObject({ errorType: 'RangeError', attempts: 2 });
    await expect(client.request('quote', { sku: 'odd' })).rejects.toMatchObject({
      code: 'LC_INVALID_SERVICE_RESPONSE',
    });
  });

  it('may know no more than the correlation id', async () => {
    const { client } = await open(ForeignService);
    await expect(client.request('quote', { sku: 'a' }, { correlationId: 'c-1' })).resolves.toEqual({
      sku: 'a',
      price: 7,
    });
  });
});
