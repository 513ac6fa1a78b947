import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { defineCommand, defineEvent, OnCommand, OnEvent, OnRequest, type MessageContext } from 'nestjs-loose-coupling';
import { closeApps, startApp, type StartOptions } from './start-app.js';

const Placed = defineEvent<{ id: number }>('shop.order.placed');
const Moved = defineEvent<{ id: number; key: string }>('shop.order.moved', { key: ({ key }) => key, ordered: true });
const Reserve = defineCommand<{ sku: string }>('inventory.stock.reserve');
const GetStock = defineCommand<{ sku: string }, number>('inventory.stock.get');

describe('applications that share a broker file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loose-coupling-'));
  });

  afterEach(async () => {
    await closeApps();
    await rm(folder, { recursive: true });
  });

  const start = (service: string, options: StartOptions = {}) =>
    startApp({ service, transport: { type: 'local', file: join(folder, 'broker.db') }, ...options });

  it('each get a copy of an event, and instances of one service compete for it', async () => {
    const handled: string[] = [];
    let done: () => void;
    const all = new Promise<void>((resolve) => (done = resolve));
    @Injectable()
    class Handlers {
      @OnEvent(Placed, { inbox: false })
      on({ id }: { id: number }, { handler }: MessageContext) {
        handled.push(`${handler} ${id}`);
        if (handled.length === 40) done();
      }
    }
    const providers = [Handlers];
    const [first] = await Promise.all([
      start('stock', { providers }),
      start('stock', { providers }),
      start('mail', { providers }),
    ]);

    for (let id = 1; id <= 20; id += 1) await first.bus.publish(Placed, { id });
    await all;

    const expected = ['mail', 'stock'].flatMap((service) =>
      Array.from({ length: 20 }, (_, index) => `${service}/Handlers.on ${index + 1}`),
    );
    expect(handled.toSorted()).toEqual(expected.toSorted());
  });

  it('send commands to each other, also to one that starts later, and answer requests', async () => {
    @Injectable()
    class Stock {
      @OnCommand(Reserve, { retry: { maxAttempts: 30 } })
      reserve() {}
      @OnRequest(GetStock)
      get({ sku }: { sku: string }) {
        return sku.length;
      }
    }
    const shop = await start('shop');
    await shop.bus.send(Reserve, { sku: 'early' });
    const early = shop.bus.request(GetStock, { sku: 'abc' });

    const stock = await start('stock', { providers: [Stock] });

    await expect(stock.probe.consumed(Reserve)).resolves.toMatchObject({ data: { sku: 'early' } });
    await expect(early).resolves.toBe(3);
  });

  it('take over at once what another had received and not started when it closed', async () => {
    const seen: string[] = [];
    @Injectable()
    class Moves {
      static release: () => void = () => undefined;
      static readonly released = new Promise<void>((resolve) => (Moves.release = resolve));
      static started: () => void = () => undefined;
      static readonly holding = new Promise<void>((resolve) => (Moves.started = resolve));

      @OnEvent(Moved, { concurrency: 10, visibilityTimeout: 600_000 })
      async on({ id }: { id: number }, { attempt }: MessageContext) {
        seen.push(`${id} ${attempt}`);
        if (id > 1) return;
        Moves.started();
        await Moves.released;
      }
    }
    const first = await start('stock', { providers: [Moves] });
    await first.bus.publishAll([1, 2, 3, 4].map((id) => ({ event: Moved, data: { id, key: 'one' } })));
    await Moves.holding;
    const second = await start('stock', { providers: [Moves] });

    const closing = first.close();
    Moves.release();
    await closing;

    await second.probe.consumed(Moved, ({ data }) => data.id === 4);
    expect(seen.map((each) => each.split(' ')[0])).toEqual(['1', '2', '3', '4']);
  });

  it('handle a message once, although it is published twice', async () => {
    @Injectable()
    class Counter {
      count = 0;
      @OnEvent(Placed)
      on() {
        this.count += 1;
      }
    }
    const { bus, probe, get } = await start('stock', { providers: [Counter] });

    await bus.publish(Placed, { id: 1 }, { id: 'same' });
    await probe.consumed(Placed);
    await bus.publish(Placed, { id: 1 }, { id: 'same' });
    await bus.publish(Placed, { id: 2 });
    await probe.consumed(Placed, ({ data }) => data.id === 2);

    expect(get(Counter).count).toBe(2);
  });
});
