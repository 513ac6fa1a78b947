import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  EventBridgeAdapter,
  InjectSqsQueue,
  OnCommand,
  OnEvent,
  RetryLater,
  SnsAdapter,
  SqsAdapter,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { defineRoutes, defineService, defineTranslation, route } from 'nestjs-loose-coupling/services';
import { z } from 'zod';
import { describeTransports } from '../conformance/describe-transports.js';

const Placed = defineEvent('shop.placed', {
  schema: z.object({ id: z.string(), total: z.number(), country: z.string() }),
});
const Large = defineEvent('shop.large', { schema: z.object({ orderId: z.string() }) });
const Check = defineCommand('customs.check', { schema: z.object({ id: z.string(), country: z.string() }) });
const Erp = defineEvent('erp.changed');
const Shipping = defineService('shipping', { operations: { book: { input: z.object({ id: z.string() }) } } });

jest.setTimeout(90_000);

const until = async (is: () => boolean) => {
  const end = Date.now() + 40_000;
  while (!is() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** Whoever is at the other end of the routes. */
@Injectable()
class Others {
  readonly heard: { readonly what: string; readonly data: unknown; readonly id: string }[] = [];

  constructor(@InjectSqsQueue('legacy-orders') readonly legacy: unknown) {}

  @OnEvent(Large)
  large(data: unknown, { id }: MessageContext) {
    this.heard.push({ what: 'large', data, id });
  }

  @OnCommand(Check)
  check(data: unknown, { id }: MessageContext) {
    this.heard.push({ what: 'check', data, id });
  }
}

const theirs = z.object({ ORDNR: z.string(), KUNDE: z.object({ LAND: z.string() }) });
const toTheirs = defineTranslation({
  name: 'order for the ERP',
  from: z.object({ id: z.string(), country: z.string() }),
  to: theirs,
  translate: ({ id, country }) => ({ ORDNR: id, KUNDE: { LAND: country } }),
});
const fromTheirs = defineTranslation({
  name: 'order of the ERP',
  from: theirs,
  to: z.object({ orderId: z.string() }),
  translate: ({ ORDNR }) => ({ orderId: ORDNR === 'bad' ? (7 as never) : ORDNR }),
});

const Routing = defineRoutes({
  name: 'order-routing',
  from: Placed,
  unmatched: 'dead-letter',
  handler: { retry: { maxAttempts: 3, initialDelay: 0, maxDelay: 0 } },
  routes: [
    route({
      name: 'large',
      pattern: { total: [{ numeric: ['>', 100] }] },
      to: { event: Large },
      transform: ({ id }: { id: string }) => ({ orderId: id }),
    }),
    { name: 'abroad', pattern: { country: [{ 'anything-but': ['CH'] }] }, to: { command: Check } },
    { name: 'legacy', pattern: { country: ['CH', 'DE'] }, to: { queue: 'legacy-orders' }, transform: toTheirs },
  ],
});

describeTransports('routes', (start) => {
  it('take each message where its content says, as what they make of it, under an id of its own', async () => {
    const app = await start({ providers: [Others, Routing] });
    const { heard } = app.get(Others);
    const { id } = await app.bus.publish(Placed, { id: '1', total: 500, country: 'DE' });
    await app.bus.publish(Placed, { id: '2', total: 5, country: 'CH' });
    await until(() => heard.length >= 2);
    expect(heard.toSorted((a, b) => a.what.localeCompare(b.what))).toEqual([
      { what: 'check', data: { id: '1', country: 'DE' }, id: `${id}/order-routing/abroad` },
      { what: 'large', data: { orderId: '1' }, id: `${id}/order-routing/large` },
    ]);
    const queue = app.get(SqsAdapter).messages('legacy-orders');
    const legacy = [];
    while (legacy.length < 2) legacy.push(...(await queue.receive({ max: 2, wait: 5_000 })));
    expect(legacy.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      expect.arrayContaining([
        { ORDNR: '1', KUNDE: { LAND: 'DE' } },
        { ORDNR: '2', KUNDE: { LAND: 'CH' } },
      ]),
    );
    expect(legacy.map(({ attributes }) => attributes['lc-id'])).toContain(`${id}/order-routing/legacy`);
  });

  it('give up what no route takes, and what cannot become what the other side takes', async () => {
    const Inbound = defineRoutes({
      name: 'erp-inbound',
      from: Erp,
      routes: [{ to: { event: Large }, transform: fromTheirs }],
    });
    const Strict = defineRoutes({
      name: 'strict',
      from: Placed,
      unmatched: 'dead-letter',
      routes: [{ pattern: { country: ['CH'] }, to: { command: Check } }],
    });
    const app = await start({ providers: [Others, Strict, Inbound] });
    await app.bus.publish(Placed, { id: '3', total: 1, country: 'FR' });
    expect((await app.deadLetter('app-shop-placed')).details).toMatchObject({
      attempts: 1,
      message: expect.stringContaining('No route of "strict"'),
    });
    await app.bus.publish(Erp, { ORDNR: 'bad', KUNDE: { LAND: 'CH' } });
    const { details } = await app.deadLetter('app-erp-changed');
    expect(details).toMatchObject({
      attempts: 1,
      errorCode: 'LC_DEAD_LETTER',
      message: expect.stringContaining('"order of the ERP": what it made does not fit'),
    });
    await app.bus.publish(Erp, { ORDNR: '9', KUNDE: { LAND: 'CH' } });
    const { heard } = app.get(Others);
    await until(() => heard.length >= 1);
    expect(heard).toMatchObject([{ what: 'large', data: { orderId: '9' } }]);
  });

  it('put off what their transformer says is to come again', async () => {
    let asked = 0;
    const Patient = defineRoutes({
      name: 'patient',
      from: Placed,
      routes: [
        {
          to: { event: Large },
          transform: () => {
            if ((asked += 1) === 1) throw new RetryLater(0);
            return { orderId: String(asked) };
          },
        },
      ],
    });
    const app = await start({ providers: [Others, Patient] });
    await app.bus.publish(Placed, { id: '1', total: 1, country: 'FR' });
    await until(() => app.get(Others).heard.length === 1);
    expect(app.get(Others).heard).toMatchObject([{ what: 'large', data: { orderId: '2' } }]);
  });

  it('lead to topics, buses and services, and again to all when one did not take it, under the same ids', async () => {
    const keys: unknown[] = [];
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      response.writeHead(keys.length === 1 ? 500 : 202).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const Everywhere = defineRoutes({
      name: 'everywhere',
      from: Placed,
      handler: { retry: { maxAttempts: 3, initialDelay: 0, maxDelay: 0 } },
      routes: [
        { name: 'topic', to: { topic: 'prices' } },
        { name: 'bus', to: { bus: 'partner', detailType: 'order' } },
        {
          name: 'service',
          to: { service: Shipping, operation: 'book' },
          transform: (data) => ({ id: (data as { id: string }).id }),
        },
      ],
    });
    const services = [{ name: 'shipping', endpointUrl, retry: false as const, circuitBreaker: false as const }];
    const app = await start({ providers: [Everywhere], services });
    const published = jest.spyOn(app.get(SnsAdapter), 'publish');
    const put = jest.spyOn(app.get(EventBridgeAdapter), 'putEvents');
    const { id } = await app.bus.publish(Placed, { id: '4', total: 1, country: 'CH' });
    await until(() => keys.length >= 2);
    expect(keys).toEqual([`${id}/everywhere/service`, `${id}/everywhere/service`]);
    const ids = published.mock.calls.map(([, , options]) => options?.attributes?.['lc-id']);
    expect(ids).toEqual([`${id}/everywhere/topic`, `${id}/everywhere/topic`]);
    expect(put.mock.calls.map(([entries]) => entries[0])).toMatchObject([
      { eventBus: 'partner', detailType: 'order', detail: { id: '4' } },
      { detailType: 'order' },
    ]);
    await app.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('defineRoutes and defineTranslation', () => {
  it('refuse what is wrong, all of it at once', () => {
    const routes = [
      { to: { nowhere: 'x' } },
      { name: 'a', pattern: { total: [{ numeric: ['>'] }] }, to: { queue: '' } },
      { name: 'a', to: { event: Check }, transform: 7 },
    ];
    const define = () => defineRoutes({ name: 'A B', from: Placed, routes: routes as never, match: 'some' as never });
    expect(define).toThrow(
      /name:[\s\S]*match:[\s\S]*routes\[0\]\.to:[\s\S]*to\.queue:[\s\S]*numeric[\s\S]*another route[\s\S]*to\.event:[\s\S]*transform:/,
    );
    const odd = { name: 'a', from: Placed, routes: [null, 7], colour: 'red', handler: 7 };
    expect(() => defineRoutes(odd as never)).toThrow(/colour:[\s\S]*handler:[\s\S]*routes\[0\]:[\s\S]*routes\[1\]:/);
    expect(() => defineTranslation({ name: '', from: {}, to: {}, translate: 7 } as never)).toThrow(
      /name:[\s\S]*from:[\s\S]*to:[\s\S]*translate:/,
    );
  });

  it('say on which side a translation failed', async () => {
    await expect(fromTheirs.translate({ ORDNR: 1 })).rejects.toMatchObject({ code: 'LC_TRANSLATION', side: 'from' });
    await expect(fromTheirs.translate({ ORDNR: 'bad', KUNDE: { LAND: '' } })).rejects.toMatchObject({ side: 'to' });
  });
});
