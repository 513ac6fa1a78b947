import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { LooseCouplingModule } from '../../loose-coupling.module.js';
import { MessageBus, OnRequest, type MessageContext } from '../../messaging/index.js';
import type { ServiceClient } from '../client/service-client.js';
import { defineService } from '../contracts/define-service.js';
import { InjectServiceClient } from '../nest/inject-service-client.decorator.js';
import type { ServiceOptions } from '../options/service.options.js';

const Pricing = defineService('pricing', {
  operations: {
    quote: {
      input: z.object({ sku: z.string() }),
      output: z.object({ sku: z.string(), price: z.number() }),
      idempotent: true,
    },
  },
});
const seen: { sku: string; correlationId: string; id: string }[] = [];
const keys: (string | undefined)[] = [];

@Injectable()
class PricingService {
  @OnRequest(Pricing.operations.quote.message, { retry: { maxAttempts: 1 } })
  quote({ sku }: { sku: string }, { correlationId, id, idempotencyKey }: MessageContext) {
    seen.push({ sku, correlationId, id });
    keys.push(idempotencyKey);
    if (sku === 'broken') throw new Error('no price');
    return { sku, price: 3 };
  }
}

@Injectable()
class Shop {
  constructor(@InjectServiceClient(Pricing) readonly pricing: ServiceClient<typeof Pricing>) {}
}

async function open(options: Partial<ServiceOptions> = {}) {
  const module = await Test.createTestingModule({
    imports: [
      LooseCouplingModule.forRoot({
        services: [{ name: 'pricing', requestQueue: Pricing.queue, retry: false, ...options }],
        logger: false,
      }),
      LooseCouplingModule.forFeature({ services: [Pricing] }),
    ],
    providers: [PricingService, Shop],
  }).compile();
  await module.init();
  closing.push(() => module.close());
  return { client: module.get(Shop).pricing, bus: module.get(MessageBus) };
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  seen.length = 0;
  keys.length = 0;
});

describe('a service over a queue', () => {
  it('accepts at once, with the correlation id that the service sees', async () => {
    const { client } = await open();
    const result = await client.call('quote', { sku: 'a' }, { idempotencyKey: 'k-1' });
    expect(result).toEqual({ status: 'accepted', correlationId: expect.any(String), messageId: 'k-1' });
    await closing.pop()?.();
    expect(seen).toEqual([{ sku: 'a', correlationId: result.correlationId, id: 'k-1' }]);
  });

  it('answers a request through the reply queue', async () => {
    const { client } = await open();
    await expect(client.request('quote', { sku: 'a' })).resolves.toEqual({ sku: 'a', price: 3 });
  });

  it('answers a request that is repeated, and is told by its key that it is the same', async () => {
    const { client } = await open();
    for (let time = 0; time < 2; time += 1) {
      const options = { idempotencyKey: 'w-1/quote' };
      await expect(client.request('quote', { sku: 'a' }, options)).resolves.toEqual({ sku: 'a', price: 3 });
    }
    expect(keys).toEqual(['w-1/quote', 'w-1/quote']);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
  });

  it('fails as it would over HTTP', async () => {
    const { client } = await open();
    await expect(client.request('quote', { sku: 'broken' })).rejects.toMatchObject({ code: 'LC_SERVICE_RESPONSE' });
  });

  it('is not sent what does not fit the contract', async () => {
    const { client } = await open();
    await expect(client.call('quote', { sku: 1 } as never)).rejects.toMatchObject({ code: 'LC_INVALID_MESSAGE_DATA' });
    expect(seen).toEqual([]);
  });

  it('is healthy while its queue is there', async () => {
    expect(await (await open()).client.healthCheck()).toBe(true);
    expect(await (await open({ requestQueue: 'nowhere' })).client.healthCheck()).toBe(false);
  });

  it('must be configured for a feature that calls it', async () => {
    const starting = Test.createTestingModule({
      imports: [
        LooseCouplingModule.forRoot({ logger: false }),
        LooseCouplingModule.forFeature({ services: [Pricing] }),
      ],
    }).compile();
    await expect(starting).rejects.toMatchObject({ code: 'LC_UNKNOWN_SERVICE' });
  });
});

describe('the option services', () => {
  it('is refused with everything that is wrong', async () => {
    const services = [
      { name: 'Bad Name', endpointUrl: 'ftp://x', requestQueue: 'q' },
      { name: 'b', endpointUrl: 'http://b', timeoutMs: -1, criticality: 'huge' as never, colour: 'red' },
    ];
    const starting = Test.createTestingModule({ imports: [LooseCouplingModule.forRoot({ services })] }).compile();
    const { faults } = (await starting.catch((error: unknown) => error)) as { faults: string[] };
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'services[0].name',
      'services[0]',
      'services[0].endpointUrl',
      'services[1].colour',
      'services[1].timeoutMs',
      'services[1].criticality',
    ]);
  });
});
