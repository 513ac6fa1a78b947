import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Inject,
  Injectable,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type ExecutionContext,
  type LoggerService,
} from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  InjectSqsQueue,
  MessageMiddlewareRegistry,
  OnCommand,
  OnDeadLetter,
  OnEvent,
  type MessageContext,
  type SqsQueue,
} from 'nestjs-loose-coupling';
import { of } from 'rxjs';
import { projectFiles, ROOT } from '../support/project-files.js';
import { closeApps, startApp } from './start-app.js';

// What users of @ssut/nestjs-sqs have reported there, each by the number of its issue. Those that need SQS are in test/aws.
const Placed = defineEvent<{ id: string }>('shop.order.placed');
const Reserve = defineCommand<{ sku: string }>('inventory.stock.reserve');
const once = { retry: { maxAttempts: 1 } };

afterEach(closeApps);

/** Keeps what it is told. */
function loggerOf(lines: string[]): LoggerService {
  const keep = (text: unknown) => void lines.push(String(text));
  return { log: keep, warn: keep, error: keep };
}

describe('a handler', () => {
  it('[ssut-#10] is in the execution context of Nest: its guard, interceptor, pipe and filter run', async () => {
    const ran: string[] = [];
    @Injectable()
    class Clock {
      readonly name = 'clock';
    }
    @Injectable()
    class Transaction {
      constructor(@Inject(Clock) private readonly clock: Clock) {}
      intercept(host: ExecutionContext, next: CallHandler) {
        ran.push(`interceptor with its ${this.clock.name} around ${host.getClass().name}.${host.getHandler().name}`);
        return next.handle();
      }
    }
    @Injectable()
    class Orders {
      @OnEvent(Placed, once)
      @UseGuards({ canActivate: () => ran.push('guard') > 0 })
      @UseInterceptors(Transaction)
      @UsePipes({
        transform: (value: { id: string }, { type }) => {
          if (type === 'body') ran.push('pipe');
          return value;
        },
      })
      @UseFilters({
        catch: () => {
          ran.push('filter');
          return of(undefined);
        },
      })
      place() {
        ran.push('handler');
        throw new Error('caught by the filter');
      }
    }
    const { bus, probe } = await startApp({ providers: [Clock, Orders] });

    await bus.publish(Placed, { id: '1' });

    await probe.consumed(Placed);
    expect(ran).toEqual(['guard', 'interceptor with its clock around Orders.place', 'pipe', 'handler', 'filter']);
  });

  it('[ssut-#27] shares with all others what is to run around each message', async () => {
    const around: string[] = [];
    @Injectable()
    class LogContext {
      constructor(registry: MessageMiddlewareRegistry) {
        registry.use({
          handle: async ({ queue, type, id }: MessageContext, _data, next) => {
            around.push(`${queue} ${type} ${id.length}`);
            return next();
          },
        });
      }
    }
    @Injectable()
    class Stock {
      @OnEvent(Placed)
      placed() {}
      @OnCommand(Reserve)
      reserve() {}
    }
    const { bus, probe } = await startApp({ providers: [LogContext, Stock] });

    await bus.publish(Placed, { id: '1' });
    await bus.send(Reserve, { sku: 'x' });

    await probe.consumed(Placed);
    await probe.consumed(Reserve);
    expect(around.toSorted()).toEqual([
      'app-shop-order-placed shop.order.placed 36',
      'inventory-stock-reserve inventory.stock.reserve 36',
    ]);
  });
});

describe('the error of a handler', () => {
  @Injectable()
  class Failing {
    readonly letters: unknown[] = [];
    @OnEvent(Placed, once)
    placed() {
      throw new RangeError('no such customer');
    }
    @OnCommand(Reserve, once)
    async reserve() {
      throw new TypeError('no such article');
    }
    @OnDeadLetter(Reserve)
    given(data: unknown, { deadLetter }: MessageContext) {
      this.letters.push([data, deadLetter?.errorType]);
    }
  }

  it('[ssut-#16] reaches who asked for it, with the message, and is in the log without asking', async () => {
    const lines: string[] = [];
    const { bus, deadLetter, get } = await startApp({ providers: [Failing], logger: loggerOf(lines) });

    await bus.send(Reserve, { sku: 'x' });
    await bus.publish(Placed, { id: '1' });

    await deadLetter('app-shop-order-placed');
    while (get(Failing).letters.length === 0) await new Promise(setImmediate);
    expect(get(Failing).letters).toEqual([[{ sku: 'x' }, 'TypeError']]);
    expect(
      lines.filter((line) => line.includes('app/Failing.placed') && line.includes('no such customer')),
    ).toHaveLength(1);
    expect(
      lines.filter((line) => line.includes('app/Failing.reserve') && line.includes('no such article')),
    ).toHaveLength(1);
  });

  it('[ssut-#89] is caught for all queues in one place', async () => {
    const caught: string[] = [];
    @Injectable()
    class CatchAll {
      constructor(registry: MessageMiddlewareRegistry) {
        registry.use({
          handle: async ({ queue }: MessageContext, _data, next) => {
            try {
              return await next();
            } catch (error) {
              caught.push(`${queue}: ${String(error)}`);
              throw error;
            }
          },
        });
      }
    }
    const { bus } = await startApp({ providers: [CatchAll, Failing] });

    await bus.publish(Placed, { id: '1' });
    await bus.send(Reserve, { sku: 'x' });

    while (caught.length < 2) await new Promise(setImmediate);
    expect(caught.toSorted()).toEqual([
      'app-shop-order-placed: RangeError: no such customer',
      'inventory-stock-reserve: TypeError: no such article',
    ]);
  });
});

describe('an application', () => {
  it('[ssut-#51] starts with a queue that it has no handler for, and says so of a message that nobody handles', async () => {
    @Injectable()
    class Audit {
      constructor(@InjectSqsQueue('audit') readonly queue: SqsQueue) {}
    }
    @Injectable()
    class Stock {
      readonly seen: unknown[] = [];
      @OnEvent(Placed)
      reserve(order: unknown) {
        this.seen.push(order);
      }
    }
    const { get, transport, deadLetter, bus, probe } = await startApp({ providers: [Audit, Stock] });
    await get(Audit).queue.send('kept');
    const unknown = {
      specversion: '1.0',
      id: '1',
      source: 's',
      type: 'shop.order.lost',
      time: '2026-01-01T00:00:00.000Z',
    };

    await transport.queue('app-shop-order-placed').send([{ body: JSON.stringify(unknown) }]);

    const { details } = await deadLetter('app-shop-order-placed');
    expect(details).toMatchObject({ errorCode: 'LC_NO_HANDLER' });
    expect(details?.message).toMatch(/shop\.order\.lost.*shop\.order\.placed/s);
    expect(await transport.queue('audit').depth()).toMatchObject({ available: 1 });
    await bus.publish(Placed, { id: '2' });
    await probe.consumed(Placed);
    expect(get(Stock).seen).toEqual([{ id: '2' }]);
  });

  it('[ssut-#112] may be of Nest 12: it is in the range of peers, and nothing inside Nest is imported', () => {
    const library = 'libs/loose-coupling';
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(ROOT, library, 'package.json'), 'utf8'),
    ) as Record<'dependencies' | 'peerDependencies', Record<string, string>>;
    const nest = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@nestjs/'));
    expect(nest.map(([, range]) => range)).toEqual(nest.map(() => '^11.0.0 || ^12.0.0'));
    expect(nest.map(([name]) => name)).toEqual(expect.arrayContaining(['@nestjs/common', '@nestjs/core']));
    expect(Object.keys(dependencies).filter((name) => /nest/.test(name))).toEqual([]);

    const sources = projectFiles([`${library}/src`], (path) => /\.c?ts$/.test(path) && !path.endsWith('.spec.ts'));
    const imports = sources.flatMap((path) =>
      Array.from(
        readFileSync(join(ROOT, path), 'utf8').matchAll(/'(@(?:nestjs|golevelup)\/[^']+)'/g),
        ([, name]) => name,
      ),
    );
    expect(imports.filter((name) => !/^@nestjs\/[\w-]+$/.test(name ?? ''))).toEqual([]);
    expect(imports).toContain('@nestjs/core');
  });
});
