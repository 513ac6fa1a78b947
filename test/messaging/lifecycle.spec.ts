import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Global, Injectable, Module, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  defineEvent,
  InvalidOptionsError,
  LooseCouplingModule,
  MessageBus,
  MessageTransport,
  OnEvent,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { EventStore, OutgoingMessageFactory } from 'nestjs-loose-coupling/event-sourcing';
import { WorkflowModule } from 'nestjs-loose-coupling/workflow';
import { closeApps, startApp } from './start-app.js';

const Placed = defineEvent<{ id: number }>('shop.order.placed');
const Ordered = defineEvent<{ id: number }>('shop.order.moved', { key: () => 'one', ordered: true });

afterEach(closeApps);

/** Something that handlers use and that closes with its module. */
@Injectable()
class Database implements OnModuleDestroy {
  open = true;
  onModuleDestroy() {
    this.open = false;
  }
}

/** Handlers that run until the test lets them go. */
@Injectable()
class Slow {
  running = 0;
  readonly sawClosed: boolean[] = [];
  readonly aborted: unknown[] = [];
  release: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));
  private wake: () => void = () => undefined;

  constructor(private readonly database: Database) {}

  @OnEvent(Placed, { concurrency: 10 })
  @OnEvent(Ordered)
  async handle(_data: unknown, { signal }: MessageContext) {
    this.running += 1;
    this.wake();
    signal.addEventListener('abort', () => this.aborted.push(signal.reason));
    await Promise.race([
      this.released,
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    ]);
    this.sawClosed.push(!this.database.open);
    this.running -= 1;
  }

  async untilRunning(count: number): Promise<void> {
    while (this.running < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

const placements = {
  'in a module beside it': () => {
    @Module({ providers: [Database], exports: [Database] })
    class DatabaseModule {}
    @Module({ imports: [DatabaseModule], providers: [Slow] })
    class Feature {}
    return { imports: [DatabaseModule, Feature] };
  },
  'in a global module': () => {
    @Global()
    @Module({ providers: [Database], exports: [Database] })
    class DatabaseModule {}
    return { imports: [DatabaseModule], providers: [Slow] };
  },
  'in a module imported deep down': () => {
    @Module({ providers: [Database], exports: [Database] })
    class DatabaseModule {}
    @Module({ imports: [DatabaseModule], exports: [DatabaseModule] })
    class Storage {}
    @Module({ imports: [Storage], providers: [Slow] })
    class Feature {}
    return { imports: [Feature] };
  },
  'in the root module': () => ({ providers: [Database, Slow] }),
};

describe('closing an application', () => {
  it.each(Object.entries(placements))('ends its handlers before a database %s is closed', async (_where, place) => {
    const { close, bus, get } = await startApp(place());
    const slow = get(Slow);
    for (let id = 0; id < 10; id += 1) await bus.publish(Placed, { id });
    await slow.untilRunning(10);

    let closed = false;
    const closing = close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([closed, slow.running]).toEqual([false, 10]);
    slow.release();
    await closing;

    expect(slow.sawClosed).toEqual(Array.from({ length: 10 }, () => false));
    expect(get(Database).open).toBe(false);
  });

  it('leaves what has not started to others that share the broker, at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loose-coupling-'));
    const { close, bus, get, transport } = await startApp({
      ...placements['in the root module'](),
      service: 'app',
      transport: { type: 'local', file: join(folder, 'broker.db') },
    });
    const slow = get(Slow);
    for (let id = 0; id < 15; id += 1) await bus.publish(Placed, { id });
    await slow.untilRunning(10);
    const closing = close();

    const left = await transport.queue('app-shop-order-placed').receive({ max: 10, wait: 0 });

    expect(left.map(({ body }) => (JSON.parse(body) as { data: { id: number } }).data.id)).toEqual([
      10, 11, 12, 13, 14,
    ]);
    expect(left.every(({ receiveCount }) => receiveCount === 1)).toBe(true);
    expect(slow.running).toBe(10);
    slow.release();
    await closing;
    await rm(folder, { recursive: true });
  });

  it('handles what is left in memory first, and what follows from it', async () => {
    const seen: number[] = [];
    @Injectable()
    class Chain {
      constructor(
        private readonly bus: MessageBus,
        private readonly store: EventStore,
        private readonly outgoing: OutgoingMessageFactory,
      ) {}
      @OnEvent(Placed, { concurrency: 1 })
      async on({ id }: { id: number }) {
        seen.push(id);
        if (id === 10) await this.bus.publish(Placed, { id: 11 });
        if (id !== 11) return;
        const message = await this.outgoing.create(Placed, { id: 12 });
        await this.store.appendToStream('chain', [{ type: 'linked', data: {} }], { messages: [message] });
      }
    }
    const { close, bus } = await startApp({ providers: [Chain] });
    await bus.publishAll(Array.from({ length: 10 }, (_, index) => ({ event: Placed, data: { id: index + 1 } })));

    await close();

    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('aborts handlers that are not done within the drain timeout, and then resolves', async () => {
    const { close, bus, get, transport } = await startApp({
      ...placements['in the root module'](),
      consumer: { drainTimeout: 20 },
    });
    const slow = get(Slow);
    await bus.publish(Placed, { id: 1 });
    await slow.untilRunning(1);
    const closeTransport = transport.close;
    let left: unknown;
    transport.close = async () => {
      left = await transport.queue('app-shop-order-placed').depth();
      return closeTransport.call(transport);
    };

    await close();

    expect(slow.aborted).toEqual([expect.objectContaining({ code: 'LC_CLOSED' })]);
    expect(left).not.toEqual({ available: 0, inFlight: 0, delayed: 0 });
  });

  it('leaves no queue of run-time subscriptions without a name, also after several starts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loose-coupling-'));
    const start = () => startApp({ service: 'app', transport: { type: 'local', file: join(folder, 'broker.db') } });
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const { close, bus } = await start();
      await bus.subscribe(Placed, () => undefined);
      await bus.subscribe(Placed, () => undefined, { queue: 'kept' });
      const late = bus.subscribe(Ordered, () => undefined).catch(() => undefined);
      await close();
      await late;
    }

    const { close, transport } = await start();

    expect((await transport.listQueues()).toSorted()).toEqual(['kept', 'kept-dlq']);
    await close();
    await rm(folder, { recursive: true });
  });

  it('lets other modules publish until the end', async () => {
    @Injectable()
    class Farewell implements OnModuleDestroy, OnApplicationShutdown {
      constructor(private readonly bus: MessageBus) {}
      async onModuleDestroy() {
        await this.bus.publish(Placed, { id: 1 });
      }
      async onApplicationShutdown() {
        await this.bus.publish(Placed, { id: 2 });
      }
    }
    const { close, bus, probe } = await startApp({ providers: [Farewell] });

    await close();

    expect(probe.all('published', Placed).map(({ data }) => data.id)).toEqual([1, 2]);
    await expect(bus.publish(Placed, { id: 1 })).rejects.toMatchObject({ code: 'LC_CLOSED' });
    await expect(bus.subscribe(Placed, () => undefined)).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });
});

describe('an application', () => {
  it('works without an HTTP server, and shares nothing with another in the process', async () => {
    const seen: string[] = [];
    const start = async (name: string) => {
      @Injectable()
      class Handlers {
        done?: () => void;
        @OnEvent(Placed)
        on({ id }: { id: number }) {
          seen.push(`${name} ${id}`);
          this.done?.();
        }
      }
      @Module({ imports: [LooseCouplingModule.forRoot()], providers: [Handlers] })
      class AppModule {}
      const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
      return { app, handled: new Promise<void>((resolve) => (app.get(Handlers).done = resolve)) };
    };
    const [first, second] = await Promise.all([start('first'), start('second')]);

    await first.app.get(MessageBus).publish(Placed, { id: 1 });
    await first.handled;
    await second.app.get(MessageBus).publish(Placed, { id: 2 });
    await second.handled;

    expect(seen).toEqual(['first 1', 'second 2']);
    expect(first.app.get(MessageTransport)).not.toBe(second.app.get(MessageTransport));
    await Promise.all([first.app.close(), second.app.close()]);
  });

  it.each(['memory', 'sqlite'] as const)('whose start fails can be closed, with its store %s', async (type) => {
    const file = join(await mkdtemp(join(tmpdir(), 'failed-start-')), 'events.db');
    const logged: unknown[] = [];
    const log = (...all: unknown[]) => logged.push(all);
    const quiet = { log: () => undefined, warn: log, error: log };
    @Module({
      imports: [
        LooseCouplingModule.forRoot({ store: type === 'memory' ? { type } : { type, file } }),
        WorkflowModule.forRoot(),
      ],
    })
    class App {}
    const app = (
      await Test.createTestingModule({ imports: [App] })
        .setLogger(quiet)
        .compile()
    ).createNestApplication();
    const provision = jest
      .spyOn(app.get(MessageTransport), 'provision')
      .mockRejectedValue(new Error('no queues today'));

    await expect(app.init()).rejects.toThrow('no queues today');
    await app.close();

    expect(provision).toHaveBeenCalled();
    expect(logged).toEqual([]);
    await rm(dirname(file), { recursive: true });
  });

  it('that imports forRoot twice is refused', async () => {
    @Module({ imports: [LooseCouplingModule.forRoot()] })
    class Other {}
    @Module({ imports: [LooseCouplingModule.forRoot(), Other] })
    class AppModule {}

    const starting = NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });

    await expect(starting).rejects.toThrow(InvalidOptionsError);
    await expect(starting).rejects.toThrow('forRoot was imported 2 times');
  });

  it('that is not global still hands out the bus where it is imported', async () => {
    @Injectable()
    class Uses {
      constructor(readonly bus: MessageBus) {}
    }
    @Module({ imports: [LooseCouplingModule.forRoot({ isGlobal: false })], providers: [Uses] })
    class AppModule {}

    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });

    expect(app.get(Uses).bus).toBeInstanceOf(MessageBus);
    await app.close();
  });
});
