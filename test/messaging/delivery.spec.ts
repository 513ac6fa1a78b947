import { Controller, Injectable } from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  InvalidMessageDataError,
  MessageBus,
  OnCommand,
  OnEvent,
  OnRequest,
  RemoteError,
  RequestTimeoutError,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import { of } from 'rxjs';
import { z } from 'zod';
import { closeApps, startApp } from './start-app.js';

const Placed = defineEvent('shop.order.placed', {
  version: 2,
  schema: z.object({ id: z.string(), total: z.number().default(1) }),
  key: (order) => order.id,
});
const Confirmed = defineEvent<{ id: string }>('shop.order.confirmed');
const Reserve = defineCommand<{ sku: string }>('inventory.stock.reserve');
const GetStock = defineCommand('inventory.stock.get', {
  schema: z.object({ sku: z.string() }),
  reply: z.object({ onHand: z.number() }),
});

afterEach(closeApps);

describe('events', () => {
  it('reach every handler of a service, each with the data its schema makes and a context', async () => {
    @Injectable()
    class Stock {
      readonly contexts: MessageContext[] = [];
      @OnEvent(Placed)
      reserve(_order: { total: number }, context: MessageContext) {
        this.contexts.push(context);
      }
      @OnEvent(Placed)
      count() {}
    }
    const { bus, probe, get } = await startApp({ service: 'inventory', providers: [Stock] });

    const { id } = await bus.publish(Placed, { id: '1' });

    const counted = await probe.consumed(Placed, ({ context }) => context.handler === 'inventory/Stock.count');
    const { data } = await probe.consumed(Placed, ({ context }) => context.handler === 'inventory/Stock.reserve');
    expect(data).toEqual({ id: '1', total: 1 });
    expect(get(Stock).contexts[0]).toMatchObject({
      id,
      source: 'inventory',
      type: 'shop.order.placed',
      correlationId: id,
      partitionKey: '1',
      attempt: 1,
      lastAttempt: false,
      queue: 'inventory-shop-order-placed-Stock-reserve',
    });
    expect(counted.context.queue).toBe('inventory-shop-order-placed');
    expect(counted.envelope.data).toEqual({ id: '1' });
  });

  it('carry the correlation of the message in whose handler they are published', async () => {
    @Injectable()
    class Orders {
      constructor(private readonly bus: MessageBus) {}
      @OnEvent(Placed)
      async confirm({ id }: { id: string }) {
        await this.bus.publish(Confirmed, { id });
      }
    }
    const { bus, probe } = await startApp({ providers: [Orders] });

    const { id } = await bus.publish(Placed, { id: '1' }, { correlationId: 'c-1', tenantId: 't-1' });

    const { envelope } = await probe.published(Confirmed);
    expect(envelope).toMatchObject({ correlationid: 'c-1', causationid: id, tenantid: 't-1' });
  });

  it('are handled by methods of controllers, and by several from one queue', async () => {
    @Controller()
    class Reactions {
      @OnEvent([Placed, Confirmed], { queue: 'reactions' })
      react() {}
    }
    const { bus, probe } = await startApp({ controllers: [Reactions] });

    await bus.publishAll([
      { event: Placed, data: { id: '1' } },
      { event: Confirmed, data: { id: '1' } },
    ]);

    expect((await probe.consumed(Placed)).context.queue).toBe('reactions');
    expect((await probe.consumed(Confirmed)).context.queue).toBe('reactions');
  });

  it('arrive by bare name and by symbol, as with @nestjs/event-emitter', async () => {
    @Injectable()
    class Named {
      @OnEvent('order.created')
      @OnEvent(Symbol('order.deleted'))
      on() {}
    }
    const { bus, probe } = await startApp({ providers: [Named] });

    await bus.publish('order.created', { any: 1 });
    await bus.publish('order.deleted', 2);

    expect((await probe.consumed('order.created')).data).toEqual({ any: 1 });
    expect((await probe.consumed('order.deleted')).data).toBe(2);
  });

  it('are delivered only when they match the filter', async () => {
    @Injectable()
    class Big {
      @OnEvent(Placed, { filter: { total: [{ numeric: ['>', 100] }] } })
      on() {}
    }
    const { bus, probe } = await startApp({ providers: [Big] });

    await bus.publish(Placed, { id: 'small', total: 5 });
    await bus.publish(Placed, { id: 'big', total: 500 });

    await probe.consumed(Placed, ({ data }) => data.id === 'big');
    expect(probe.all('consumed', Placed).map(({ data }) => data.id)).toEqual(['big']);
  });

  it('are refused by publish when they fail their schema, and none of a list is sent then', async () => {
    const { bus, probe } = await startApp();

    await expect(bus.publish(Placed, { id: 1 } as never)).rejects.toThrow(InvalidMessageDataError);
    const list = [
      { event: Placed, data: { id: 'fine' } },
      { event: Placed, data: { id: 2 } as never },
    ];
    await expect(bus.publishAll(list)).rejects.toThrow(InvalidMessageDataError);

    expect(probe.all('published')).toEqual([]);
  });

  it('published while modules are initialised reach the handlers of the application itself', async () => {
    @Injectable()
    class Early {
      constructor(private readonly bus: MessageBus) {}
      async onModuleInit() {
        await this.bus.publish(Placed, { id: 'early' });
      }
      @OnEvent(Placed)
      on() {}
    }
    const { probe } = await startApp({ providers: [Early] });

    expect((await probe.consumed(Placed)).data).toEqual({ id: 'early', total: 1 });
  });

  it('handled by an observable are acknowledged when it completes', async () => {
    @Injectable()
    class Reactive {
      @OnEvent(Placed)
      on() {
        return of(1, 2, 3);
      }
    }
    const { bus, probe } = await startApp({ providers: [Reactive] });

    await bus.publish(Placed, { id: '1' });

    expect(await probe.consumed(Placed)).toMatchObject({ data: { id: '1' }, context: { attempt: 1 } });
    expect(probe.all('failed')).toEqual([]);
  });
});

describe('commands', () => {
  it('wait in their queue for a receiver that subscribes later', async () => {
    const { bus, transport } = await startApp({ service: 'shop' });

    await bus.send(Reserve, { sku: 'a' });

    const [message] = await transport.queue('inventory-stock-reserve').receive({ max: 1, wait: 0 });
    expect(JSON.parse(message!.body)).toMatchObject({ type: 'inventory.stock.reserve', data: { sku: 'a' } });
  });

  it('are handled once, by their handler', async () => {
    @Injectable()
    class Stock {
      @OnCommand(Reserve)
      reserve() {}
    }
    const { bus, probe } = await startApp({ providers: [Stock] });

    await bus.send(Reserve, { sku: 'a' });

    expect((await probe.consumed(Reserve)).context.queue).toBe('inventory-stock-reserve');
  });

  it('that are scheduled arrive when they are due', async () => {
    @Injectable()
    class Stock {
      @OnCommand(Reserve)
      reserve() {}
    }
    const { bus, probe, get } = await startApp({ providers: [Stock], clock: 'fake' });
    const clock = get(FakeClock);

    await bus.schedule(Reserve, { sku: 'a' }, { at: new Date(clock.now() + 60_000) });
    await clock.advance(59_000);
    expect(probe.all('consumed')).toEqual([]);
    await clock.advance(1_000);

    expect((await probe.consumed(Reserve)).data).toEqual({ sku: 'a' });
  });
});

describe('requests', () => {
  @Injectable()
  class Stock {
    @OnRequest(GetStock)
    async get({ sku }: { sku: string }) {
      if (sku === 'unknown') throw Object.assign(new RangeError('no such product'), { code: 'NO_PRODUCT' });
      if (sku === 'wrong') return { onHand: 'many' as unknown as number };
      return { onHand: sku.length };
    }
  }

  it('resolve to the validated reply', async () => {
    const { bus } = await startApp({ providers: [Stock] });

    const replies = await Promise.all(['a', 'bb', 'ccc'].map((sku) => bus.request(GetStock, { sku })));

    expect(replies).toEqual([{ onHand: 1 }, { onHand: 2 }, { onHand: 3 }]);
    await expect(bus.request(GetStock, { sku: 'wrong' })).rejects.toThrow(InvalidMessageDataError);
  });

  it('are answered at once with the error of the handler, which runs once', async () => {
    const { bus, probe } = await startApp({ providers: [Stock] });

    const failed = bus.request(GetStock, { sku: 'unknown' });

    await expect(failed).rejects.toBeInstanceOf(RemoteError);
    await expect(failed).rejects.toMatchObject({
      code: 'LC_REMOTE_ERROR',
      errorType: 'RangeError',
      errorCode: 'NO_PRODUCT',
      remoteMessage: 'no such product',
    });
    expect(probe.all('failed', GetStock)).toHaveLength(1);
  });

  it('that were carried out before are not answered with nothing', async () => {
    const { bus, transport } = await startApp({ providers: [Stock] });
    const twice = transport.queue('inventory-stock-get');
    await bus.request(GetStock, { sku: 'a' }, { id: 'same' });

    await expect(bus.request(GetStock, { sku: 'a' }, { id: 'same' })).rejects.toMatchObject({
      errorCode: 'LC_REPLY_LOST',
    });
    expect(await twice.depth()).toMatchObject({ available: 0 });
  });

  it('time out when nobody answers, and end when their signal is aborted', async () => {
    const { bus } = await startApp();
    const abort = new AbortController();

    const timedOut = bus.request(GetStock, { sku: 'a' }, { timeout: 10 });
    const aborted = bus.request(GetStock, { sku: 'a' }, { signal: abort.signal });
    abort.abort(new Error('never mind'));

    await Promise.all([
      expect(aborted).rejects.toThrow('never mind'),
      expect(timedOut).rejects.toBeInstanceOf(RequestTimeoutError),
    ]);
  });

  it('get a reply queue again when theirs is gone, as when the process slept and was taken for dead', async () => {
    const { bus, transport } = await startApp({ providers: [Stock] });
    await bus.request(GetStock, { sku: 'a' });
    const replyQueues = async () => (await transport.listQueues()).filter((name) => name.includes('replies'));
    const [first = ''] = await replyQueues();
    await transport.deleteQueue(first);
    const answered = async () => {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const reply = await bus.request(GetStock, { sku: 'bb' }, { timeout: 200 }).catch(() => undefined);
        if (reply) return reply;
      }
      return undefined;
    };
    expect(await answered()).toEqual({ onHand: 2 });
    expect(await replyQueues()).toEqual([expect.not.stringMatching(first)]);
  });

  it.each([null, 'text', {}, { ok: false }, { ok: false, error: 'x' }])(
    'are not answered by %j, and time out',
    async (data) => {
      const { bus, transport } = await startApp();
      const id = '0190a1b2-c3d4-7e5f-8a9b-000000000009';
      const asked = bus.request(GetStock, { sku: 'a' }, { id, timeout: 1_000 });
      const replyQueue = async () => (await transport.listQueues()).find((name) => name.includes('replies'));
      while (!(await replyQueue())) await new Promise(setImmediate);
      const reply = { specversion: '1.0', id: 'r', source: 's', type: 't', causationid: id, data };
      await transport.queue((await replyQueue()) ?? '').send([{ body: JSON.stringify(reply) }]);
      await expect(asked).rejects.toBeInstanceOf(RequestTimeoutError);
    },
  );

  it('leave no reply queue behind', async () => {
    const { close, bus, transport } = await startApp({ providers: [Stock] });
    await bus.request(GetStock, { sku: 'a' });
    const deleted: string[] = [];
    const deleteQueue = transport.deleteQueue.bind(transport);
    transport.deleteQueue = (name) => (deleted.push(name), deleteQueue(name));
    expect((await transport.listQueues()).filter((name) => name.includes('replies'))).toHaveLength(1);

    await close();

    expect(deleted).toEqual([expect.stringMatching(/^app-replies-/)]);
  });
});

describe('subscribe', () => {
  it('handles events until it is closed, on a queue that goes with it', async () => {
    const { bus, transport } = await startApp();
    const seen: string[] = [];
    let handled: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (handled = resolve));
    const subscription = await bus.subscribe(Placed, ({ id }, context) => {
      seen.push(`${id} ${context.attempt}`);
      handled();
    });

    await bus.publish(Placed, { id: '1' });
    await first;
    await subscription.close();
    await bus.publish(Placed, { id: '2' });

    expect(seen).toEqual(['1 1']);
    expect(subscription.queue).toMatch(/^app-shop-order-placed-[0-9a-f]{12}$/);
    expect(await transport.listQueues()).toEqual([]);
  });

  it('keeps a queue that has a name', async () => {
    const { bus, transport } = await startApp();

    const subscription = await bus.subscribe(Placed, () => undefined, { queue: 'audit' });
    await subscription.close();
    await bus.publish(Placed, { id: '2' });

    await expect(transport.queue('audit').depth()).resolves.toMatchObject({ available: 1 });
  });

  it('refuses a queue that has a consumer already', async () => {
    const { bus } = await startApp();
    await bus.subscribe(Placed, () => undefined, { queue: 'audit' });

    await expect(bus.subscribe(Confirmed, () => undefined, { queue: 'audit' })).rejects.toThrow(
      'already has a consumer',
    );
  });
});
