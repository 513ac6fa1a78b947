import {
  Catch,
  Injectable,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  isMessageContext,
  MessageBus,
  OnCommand,
  OnEvent,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { EMPTY, of, tap, type Observable } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { describeTransports } from './describe-transports.js';

jest.setTimeout(60_000);

const Placed = defineEvent('shop.order.placed', { schema: z.object({ id: z.string() }) });
const Paid = defineEvent('shop.order.paid', { schema: v.object({ id: v.string(), cents: v.number() }) });
const Reserve = defineCommand<{ id: string }>('inventory.stock.reserve');
const PATIENT = { timeout: 15_000 };

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !condition();) {
    if (Date.now() > end) throw new Error(`Never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describeTransports('handlers', (start) => {
  it('share a queue, each with the messages of its type', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Ledger {
      @OnEvent(Placed, { queue: 'ledger' })
      placed({ id }: { id: string }, { queue }: MessageContext) {
        seen.push(['placed', id, queue]);
      }
      @OnEvent(Paid, { queue: 'ledger' })
      paid({ cents }: { cents: number }, { queue }: MessageContext) {
        seen.push(['paid', cents, queue]);
      }
    }
    const { bus } = await start({ providers: [Ledger] });
    await bus.publish(Placed, { id: '1' });
    await bus.publish(Paid, { id: '1', cents: 250 });
    await until(() => seen.length === 2);
    expect(seen.toSorted()).toEqual([
      ['paid', 250, 'ledger'],
      ['placed', '1', 'ledger'],
    ]);
  });

  it('run beyond ten at once, and each message of a long list in one of them', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => String(index));
    const running = new Set<string>();
    let most = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const done: string[] = [];
    @Injectable()
    class Stock {
      @OnEvent(Placed, { concurrency: 25 })
      async reserve({ id }: { id: string }) {
        running.add(id);
        most = Math.max(most, running.size);
        if (running.size === ids.length) open();
        await gate;
        done.push(id);
      }
    }
    const { bus } = await start({ providers: [Stock] });
    await bus.publishAll(ids.map((id) => ({ event: Placed, data: { id } })));
    await until(() => done.length === ids.length);
    expect({ most, done: done.toSorted() }).toEqual({ most: 25, done: ids.toSorted() });
  });

  it('keep a message for themselves that takes them longer than its visibility lasts', async () => {
    const runs: number[] = [];
    let end: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    @Injectable()
    class Stock {
      @OnEvent(Placed, { visibilityTimeout: 2_000, inbox: false })
      async reserve(_: unknown, { attempt }: MessageContext) {
        runs.push(attempt);
        await gate;
      }
    }
    const { bus, probe, transport } = await start({ providers: [Stock] });
    await bus.publish(Placed, { id: '1' });
    await until(() => runs.length === 1);
    // Somebody else, who would get it.
    const others = await transport.queue('app-shop-order-placed').receive({ max: 1, wait: 5_000 });
    end();
    await probe.consumed(Placed, undefined, PATIENT);
    expect({ others, runs }).toEqual({ others: [], runs: [1] });
  });

  it('pass on what a message belongs to: correlation, cause and tenant', async () => {
    const seen: Record<string, unknown>[] = [];
    @Injectable()
    class Stock {
      constructor(private readonly bus: MessageBus) {}

      @OnEvent(Placed)
      async placed({ id }: { id: string }) {
        await this.bus.send(Reserve, { id });
      }

      @OnCommand(Reserve)
      reserve(_: unknown, { correlationId, causationId, tenantId }: MessageContext) {
        seen.push({ correlationId, causationId, tenantId });
      }
    }
    const { bus } = await start({ providers: [Stock] });
    const { id } = await bus.publish(Placed, { id: '1' }, { correlationId: 'c-1', tenantId: 'téñant 1' });
    await until(() => seen.length === 1);
    expect(seen).toEqual([{ correlationId: 'c-1', causationId: id, tenantId: 'téñant 1' }]);
  });

  it('run inside guards, interceptors, pipes and filters', async () => {
    const order: string[] = [];
    @Injectable()
    class Guard implements CanActivate {
      canActivate(host: ExecutionContext) {
        order.push(`guard ${isMessageContext(host.switchToRpc().getContext())}`);
        return true;
      }
    }
    @Injectable()
    class Interceptor implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
        order.push('before');
        return next.handle().pipe(tap({ error: () => order.push('after') }));
      }
    }
    class Upper implements PipeTransform {
      transform(value: unknown, { type }: { type: string }) {
        return type === 'body' ? { id: (value as { id: string }).id.toUpperCase() } : value;
      }
    }
    @Catch(RangeError)
    class Filter implements ExceptionFilter {
      catch(error: RangeError) {
        order.push(`filter ${error.message}`);
        return of(EMPTY);
      }
    }
    @Injectable()
    class Stock {
      @OnCommand(Reserve)
      @UseGuards(Guard)
      @UseInterceptors(Interceptor)
      @UsePipes(new Upper())
      @UseFilters(new Filter())
      reserve({ id }: { id: string }) {
        order.push(id);
        throw new RangeError('none left');
      }
    }
    const { bus, probe } = await start({ providers: [Stock, Guard, Interceptor] });
    await bus.send(Reserve, { id: 'nw-1' });
    await probe.consumed(Reserve, undefined, PATIENT);
    expect(order).toEqual(['guard true', 'before', 'NW-1', 'after', 'filter none left']);
  });

  it('are spared data that fails their schema: neither sent, nor handled where somebody else has sent it', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Ledger {
      @OnEvent(Paid)
      paid(event: unknown) {
        seen.push(event);
      }
    }
    const { bus, transport, deadLetter } = await start({ providers: [Ledger] });
    const code = 'LC_INVALID_MESSAGE_DATA';
    await expect(bus.publish(Paid, { id: '1', cents: 'many' } as never)).rejects.toMatchObject({ code });
    const event = { specversion: '1.0', id: 'x', source: 'elsewhere', type: 'shop.order.paid', data: { id: 1 } };
    await transport.queue('app-shop-order-paid').send([{ body: JSON.stringify(event) }]);
    expect(await deadLetter('app-shop-order-paid')).toMatchObject({ details: { errorCode: code, attempts: 1 } });
    expect(seen).toEqual([]);
  });

  it('understand what others put on their queue', async () => {
    const seen: unknown[] = [];
    const note = ({ source }: MessageContext, data: unknown) => seen.push([source, data]);
    const Uploaded = defineEvent<{ s3: { object: { key: string } } }>('com.amazonaws.s3.ObjectCreated.Put');
    @Injectable()
    class Ledger {
      @OnEvent(Placed, { queue: 'foreign' })
      placed(data: unknown, context: MessageContext) {
        note(context, data);
      }
      @OnEvent(Uploaded, { queue: 'foreign' })
      uploaded({ s3 }: { s3: { object: { key: string } } }, context: MessageContext) {
        note(context, s3.object.key);
      }
    }
    const { transport } = await start({ providers: [Ledger] });
    const time = '2026-11-28T12:00:00Z';
    const type = 'shop.order.placed';
    const event = (id: string) => ({ specversion: '1.0', id, source: `ce ${id}`, type, data: { id } });
    const aws = { version: '0', id: 'eb-1', account: '1', region: 'eu-west-1', resources: [], time };
    const upload = {
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventTime: time,
      eventName: 'ObjectCreated:Put',
      responseElements: { 'x-amz-request-id': 'r', 'x-amz-id-2': 'i' },
      s3: { bucket: { name: 'uploads' }, object: { key: 'a.csv', size: 1 } },
    };
    const notification = { Type: 'Notification', MessageId: 'n', TopicArn: 'arn', Timestamp: time };
    await transport.queue('foreign').send([
      { body: JSON.stringify(event('raw')) },
      { body: JSON.stringify({ ...notification, Message: JSON.stringify(event('by SNS')) }) },
      { body: JSON.stringify({ ...aws, 'detail-type': type, source: 'by EventBridge', detail: { id: 'eb' } }) },
      {
        body: JSON.stringify({ id: 'plain' }),
        attributes: { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-source': 'plain JSON', 'ce-type': type },
      },
      { body: JSON.stringify({ Records: [upload] }) },
    ]);
    await until(() => seen.length === 5);
    expect(seen.toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
      ['aws:s3.eu-west-1.uploads', 'a.csv'],
      ['by EventBridge', { id: 'eb' }],
      ['ce by SNS', { id: 'by SNS' }],
      ['ce raw', { id: 'raw' }],
      ['plain JSON', { id: 'plain' }],
    ]);
  });

  it('can be subscribed at run time, and end', async () => {
    const { bus, transport } = await start();
    const seen: string[] = [];
    const subscription = await bus.subscribe(Placed, async ({ id }) => void seen.push(id));
    await bus.publish(Placed, { id: '1' });
    await until(() => seen.length === 1);
    await subscription.close();
    expect((await transport.listQueues()).filter((name) => name.includes('order-placed'))).toEqual([]);
  });
});
