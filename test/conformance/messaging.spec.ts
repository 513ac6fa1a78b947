import { Injectable } from '@nestjs/common';
import {
  DeadLetter,
  defineCommand,
  defineEvent,
  Discard,
  OnCommand,
  OnDeadLetter,
  OnEvent,
  OnRequest,
  RetryLater,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { z } from 'zod';
import { can } from './probes.js';
import { describeTransports } from './describe-transports.js';

const Placed = defineEvent('shop.order.placed', {
  schema: z.object({ id: z.string(), total: z.number().default(1), country: z.string().optional() }),
  key: ({ id }) => id,
});
const Booked = defineEvent('shop.booked', {
  schema: z.object({ account: z.string(), entry: z.number() }),
  key: ({ account }) => account,
  ordered: true,
});
const Reserve = defineCommand<{ sku: string }>('inventory.stock.reserve');
const GetStock = defineCommand('inventory.stock.get', {
  schema: z.object({ sku: z.string() }),
  reply: z.object({ onHand: z.number() }),
});
jest.setTimeout(40_000);

const QUICK = { initialDelay: 0, maxDelay: 0 };

describeTransports('messages', (start, abilities) => {
  it('of an event reach its handler, validated, with a context', async () => {
    @Injectable()
    class Stock {
      @OnEvent(Placed)
      reserve() {}
    }
    const { bus, probe } = await start({ providers: [Stock] });
    const { id } = await bus.publish(Placed, { id: '1' }, { correlationId: 'c-1', tenantId: 't-1' });
    const { data, context } = await probe.consumed(Placed, undefined, { timeout: 15_000 });
    expect(data).toEqual({ id: '1', total: 1 });
    expect(context).toMatchObject({ id, source: 'app', attempt: 1, correlationId: 'c-1', tenantId: 't-1' });
    expect(context).toMatchObject({ queue: 'app-shop-order-placed', partitionKey: '1', type: 'shop.order.placed' });
  });

  it('that do not match a filter do not reach its handler', async () => {
    const seen: string[] = [];
    @Injectable()
    class Stock {
      @OnEvent(Placed, { filter: { total: [{ numeric: ['>', 100] }], country: [{ 'anything-but': ['US'] }] } })
      reserve({ id }: { id: string }) {
        seen.push(id);
      }
    }
    const { bus, probe, transport } = await start({ providers: [Stock] });
    await bus.publishAll([
      { event: Placed, data: { id: 'low', total: 1, country: 'DE' } },
      { event: Placed, data: { id: 'us', total: 500, country: 'US' } },
      { event: Placed, data: { id: 'high', total: 500, country: 'DE' } },
    ]);
    await probe.consumed(Placed, undefined, { timeout: 15_000 });
    while ((await transport.queue('app-shop-order-placed').depth()).inFlight > 0) await new Promise(setImmediate);
    expect(seen).toEqual(['high']);
  });

  it('of a command reach the one handler there is', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Stock {
      @OnCommand(Reserve)
      reserve(command: unknown) {
        seen.push(command);
      }
    }
    const { bus, probe } = await start({ providers: [Stock] });
    await bus.send(Reserve, { sku: 'x' });
    await probe.consumed(Reserve, undefined, { timeout: 15_000 });
    expect(seen).toEqual([{ sku: 'x' }]);
  });

  it('of a request are answered', async () => {
    @Injectable()
    class Stock {
      @OnRequest(GetStock)
      get({ sku }: { sku: string }) {
        if (sku === 'none') throw new Error('no such thing');
        return { onHand: 5 };
      }
    }
    const { bus } = await start({ providers: [Stock] });
    await expect(bus.request(GetStock, { sku: 'x' }, { timeout: 20_000 })).resolves.toEqual({ onHand: 5 });
    await expect(bus.request(GetStock, { sku: 'none' }, { timeout: 20_000 })).rejects.toMatchObject({
      code: 'LC_REMOTE_ERROR',
    });
  });

  it('that fail are tried again, and then are dead letters with their reason', async () => {
    const attempts: number[] = [];
    @Injectable()
    class Stock {
      @OnEvent(Placed, { retry: { maxAttempts: 3, ...QUICK } })
      reserve(_: unknown, { attempt }: MessageContext) {
        attempts.push(attempt);
        throw new TypeError('out of stock');
      }
    }
    const { bus, deadLetter } = await start({ providers: [Stock] });
    const { id } = await bus.publish(Placed, { id: '1' });
    expect(await deadLetter('app-shop-order-placed')).toMatchObject({
      envelope: { id, type: 'shop.order.placed' },
      details: { errorType: 'TypeError', message: 'out of stock', attempts: 3, originalQueue: 'app-shop-order-placed' },
    });
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('that failed are sent back, those that a filter takes and as many as asked, and handled then', async () => {
    const handled: string[] = [];
    let healed = false;
    @Injectable()
    class Stock {
      @OnEvent(Placed)
      reserve({ id }: { id: string }) {
        if (!healed) throw new DeadLetter('closed');
        handled.push(id);
      }
    }
    const { bus, deadLetters, probe } = await start({ providers: [Stock] });
    const ids = ['a-1', 'a-2', 'a-3', 'b-1'];
    await bus.publishAll(ids.map((id) => ({ event: Placed, data: { id } })));
    const letters = async () =>
      (await deadLetters.list()).find(({ name }) => name.endsWith('app-shop-order-placed-dlq'))?.available ?? 0;
    while ((await letters()) < ids.length) await new Promise((resolve) => setTimeout(resolve, 20));
    healed = true;
    const isA = ({ envelope }: { envelope?: { data: unknown } | undefined }) =>
      (envelope?.data as { id: string } | undefined)?.id.startsWith('a') ?? false;
    const first = await deadLetters.redrive('app-shop-order-placed', { filter: isA, limit: 2 });
    expect(first.redriven).toBe(2);
    await probe.consumed(Placed, undefined, { timeout: 15_000 });
    while (handled.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    while ((await letters()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await deadLetters.redrive('app-shop-order-placed', { filter: isA })).redriven).toBe(1);
    while (handled.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(handled.toSorted()).toEqual(['a-1', 'a-2', 'a-3']);
  });

  it('go where a handler says: later, to the dead letters, or nowhere', async () => {
    const seen: string[] = [];
    @Injectable()
    class Stock {
      @OnEvent(Placed, { retry: QUICK })
      reserve({ id }: { id: string }, { attempt }: MessageContext) {
        seen.push(`${id} ${attempt}`);
        if (id === 'later' && attempt === 1) throw new RetryLater(0);
        if (id === 'dead') throw new DeadLetter('broken');
        if (id === 'gone') throw new Discard();
      }
    }
    const { bus, probe, deadLetter } = await start({ providers: [Stock] });
    await bus.publishAll(['later', 'dead', 'gone'].map((id) => ({ event: Placed, data: { id } })));
    await probe.consumed(Placed, ({ data }) => data.id === 'later', { timeout: 15_000 });
    expect(await deadLetter('app-shop-order-placed')).toMatchObject({ details: { message: 'broken', attempts: 1 } });
    expect(seen.toSorted()).toEqual(['dead 1', 'gone 1', 'later 1', 'later 2']);
  });

  it('that nobody can read are dead letters at once', async () => {
    @Injectable()
    class Stock {
      @OnEvent(Placed)
      reserve() {}
    }
    const { transport, deadLetter } = await start({ providers: [Stock] });
    await transport.queue('app-shop-order-placed').send([{ body: '{"not":' }]);
    expect(await deadLetter('app-shop-order-placed')).toMatchObject({
      details: { errorCode: 'LC_UNPARSABLE_MESSAGE' },
    });
  });

  it('that were dead letters come back by a redrive, to handlers of dead letters too', async () => {
    let broken = true;
    const letters: string[] = [];
    @Injectable()
    class Stock {
      @OnEvent(Placed, { retry: { maxAttempts: 1 } })
      reserve() {
        if (broken) throw new Error('passing');
      }
      @OnDeadLetter(Reserve)
      look(_: unknown, { deadLetter: details }: MessageContext) {
        letters.push(details?.message ?? '');
      }
      @OnCommand(Reserve, { retry: { maxAttempts: 1 } })
      fail() {
        throw new Error('always');
      }
    }
    const { bus, probe, deadLetter, deadLetters } = await start({ providers: [Stock] });
    await bus.publish(Placed, { id: '1' });
    await bus.send(Reserve, { sku: 'x' });
    await deadLetter('app-shop-order-placed');
    broken = false;
    expect(await deadLetters.redrive('app-shop-order-placed')).toMatchObject({ redriven: 1 });
    await probe.consumed(Placed, undefined, { timeout: 15_000 });
    while (letters.length === 0) await new Promise(setImmediate);
    expect(letters).toEqual(['always']);
  });

  it('of one key keep their order, also when one fails', async () => {
    const seen: string[] = [];
    @Injectable()
    class Ledger {
      @OnEvent(Booked, { retry: QUICK })
      book({ account, entry }: { account: string; entry: number }, { attempt }: MessageContext) {
        if (entry === 2 && attempt === 1) throw new Error('passing');
        seen.push(`${account}${entry}`);
      }
    }
    const { bus, probe, transport } = await start({ providers: [Ledger] });
    if (!(await can(transport, 'a waiting receive sees a FIFO group that is released'))) return;
    const bookings = [1, 2, 3, 4].flatMap((entry) => ['a', 'b'].map((account) => ({ account, entry })));
    await bus.publishAll(bookings.map((data) => ({ event: Booked, data })));
    for (const key of ['a', 'b']) {
      await probe.consumed(Booked, ({ data }) => data.account === key && data.entry === 4, { timeout: 20_000 });
      expect(seen.filter((each) => each.startsWith(key))).toEqual([1, 2, 3, 4].map((entry) => `${key}${entry}`));
    }
  });

  it('have one effect with the inbox, however often they come', async () => {
    let effects = 0;
    @Injectable()
    class Stock {
      @OnEvent(Placed)
      async reserve() {
        effects += 1;
      }
    }
    const { bus, probe } = await start({ providers: [Stock] });
    const id = '0190a1b2-c3d4-7e5f-8a9b-000000000001';
    await bus.publish(Placed, { id: '1' }, { id });
    await probe.consumed(Placed, undefined, { timeout: 15_000 });
    await bus.publish(Placed, { id: '1' }, { id });
    await bus.publish(Placed, { id: '2' });
    await probe.consumed(Placed, ({ data }) => data.id === '2', { timeout: 15_000 });
    expect(effects).toBe(2);
  });

  it('for later come later: commands, and events too, which topics and buses cannot delay', async () => {
    const arrived = new Map<string, number>();
    @Injectable()
    class Stock {
      @OnEvent(Placed)
      placed() {
        arrived.set('event', Date.now());
      }
      @OnCommand(Reserve)
      reserve() {
        arrived.set('command', Date.now());
      }
    }
    const { bus, probe } = await start({ providers: [Stock] });
    const sentAt = Date.now();
    await bus.schedule(Placed, { id: '1' }, { delay: 1_500 });
    await bus.schedule(Reserve, { sku: 'x' }, { delay: 1_500 });
    await probe.consumed(Placed, undefined, { timeout: 20_000 });
    await probe.consumed(Reserve, undefined, { timeout: 20_000 });
    for (const at of arrived.values()) expect(at - sentAt).toBeGreaterThanOrEqual(1_400);
  });

  it('that run when the application closes are finished, and others are left to others', async () => {
    let finish: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let done = 0;
    @Injectable()
    class Stock {
      @OnEvent(Placed, { concurrency: 1 })
      async reserve() {
        finish();
        await gate;
        done += 1;
      }
    }
    const { bus, close } = await start({ providers: [Stock] });
    await bus.publish(Placed, { id: '1' });
    await started;
    const closed = close();
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isClosed).toBe(false);
    release();
    await closed;
    expect(done).toBe(1);
  });

  if (abilities.services) {
    it('of an event reach each service once, and one of its instances', async () => {
      const seen: string[] = [];
      const stock = (name: string) => {
        @Injectable()
        class Stock {
          @OnEvent(Placed)
          reserve({ id }: { id: string }) {
            seen.push(`${name} ${id}`);
          }
        }
        return Stock;
      };
      const apps = [
        await start({ service: 'order' }),
        await start({ service: 'one', providers: [stock('one')] }),
        await start({ service: 'one', providers: [stock('one')] }),
        await start({ service: 'two', providers: [stock('two')] }),
      ];
      await apps[0]?.bus.publishAll(['1', '2', '3'].map((id) => ({ event: Placed, data: { id } })));
      const deadline = Date.now() + 20_000;
      while (seen.length < 6 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(seen.toSorted()).toEqual(['one 1', 'one 2', 'one 3', 'two 1', 'two 2', 'two 3']);
    });
  }
});
