import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock, FaultList, SystemClock } from '../kernel/index.js';
import { defineEvent, MessageMiddlewareRegistry, MessageTransport, type OutgoingEvent } from '../messaging/index.js';
import { EventStore, type EventEnvelope } from './core/event-store.js';
import {
  EVENT_SOURCING_OPTIONS,
  validateEventSourcingOptions,
  type EventSourcingOptions,
} from './event-sourcing-options.js';
import { EVENT_SOURCING_STORES, type EventSourcingStores } from './event-sourcing-stores.js';
import { eventSourcingExports, eventSourcingProviders } from './event-sourcing.providers.js';
import { createFeatureProviders } from './feature/create-feature-providers.js';
import { Inbox } from './inbox/inbox.js';
import { InboxMiddleware } from './inbox/inbox.middleware.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { Outbox } from './outbox/outbox.js';
import { OutgoingMessageFactory } from './outbox/outgoing-message.factory.js';
import { SqliteInlineProjection } from './sqlite/sqlite-inline-projection.js';

@Injectable()
class Counter extends SqliteInlineProjection {
  readonly name = 'counter';
  readonly migrations = ['CREATE TABLE counter (events INTEGER NOT NULL)', 'INSERT INTO counter VALUES (0)'];

  override apply(events: readonly EventEnvelope[], database: Parameters<SqliteInlineProjection['apply']>[1]): void {
    database.prepare('UPDATE counter SET events = events + ?').run(events.length);
  }

  get count(): number | undefined {
    return this.database.prepare<{ events: number }>('SELECT events FROM counter').get()?.events;
  }
}

const Placed = defineEvent<{ orderId: string }>('shop.order.placed', { key: ({ orderId }) => orderId });

async function start(options: Partial<EventSourcingOptions> = {}, projections = [] as (typeof Counter)[]) {
  const published: OutgoingEvent[] = [];
  const transport = {
    provision: async () => undefined,
    publish: async (events: readonly OutgoingEvent[]) => {
      published.push(...events);
      return events.map(() => ({ ok: true, value: undefined }));
    },
  };
  const module = await Test.createTestingModule({
    providers: [
      { provide: EVENT_SOURCING_OPTIONS, useValue: { service: 'order', store: { type: 'memory' }, ...options } },
      { provide: Clock, useClass: SystemClock },
      { provide: MessageTransport, useValue: transport },
      MessageMiddlewareRegistry,
      ...eventSourcingProviders,
      ...createFeatureProviders({ projections }).providers,
    ],
  }).compile();
  await module.init();
  const close = async () => {
    await module.get(OutboxRelay).stop();
    await module.get(EventStore).close();
    await module.close();
  };
  return { module, published, close };
}

describe('the event sourcing providers', () => {
  it('carry a committed message to the transport, and tell the observers', async () => {
    const { module, published, close } = await start();
    const observed: string[] = [];
    const registry = module.get(MessageMiddlewareRegistry);
    registry.observe({
      published: () => {
        throw new Error('observers cannot fail a message');
      },
    });
    registry.observe({ published: ({ type }) => void observed.push(type) });
    const message = await module.get(OutgoingMessageFactory).create(Placed, { orderId: '1' });
    await module.get(EventStore).appendToStream('order-1', [{ type: 'placed', data: {} }], { messages: [message] });
    expect(await module.get(Outbox).pending()).toBe(1);
    module.get(OutboxRelay).start();
    await module.get(Outbox).flush();
    expect(published).toMatchObject([{ topic: 'shop.order.placed', envelope: { source: 'order', partitionkey: '1' } }]);
    expect(observed).toEqual(['shop.order.placed']);
    await close();
  });

  it('put the inbox around every handler', async () => {
    const { module, close } = await start();
    const [middleware] = module.get(MessageMiddlewareRegistry).middlewares;
    expect(middleware).toBeInstanceOf(InboxMiddleware);
    const context = { id: '1', source: 's', handler: 'h' } as never;
    await middleware?.handle(context, {}, async () => undefined);
    expect(await module.get(Inbox).has({ consumer: 'h', messageId: '["s","1"]' })).toBe(true);
    await close();
  });

  it('export what applications and features inject', async () => {
    const { module, close } = await start();
    expect(module.get<EventSourcingStores>(EVENT_SOURCING_STORES).inbox).toBe(module.get(Inbox));
    const classes = eventSourcingExports.filter((token) => typeof token === 'function');
    expect(classes).toHaveLength(eventSourcingExports.length - 1);
    for (const token of classes) expect(module.get(token as never)).toBeInstanceOf(token);
    await close();
  });

  it('attach projections before the application is up', async () => {
    const { module, close } = await start({ store: { type: 'sqlite', file: ':memory:' } }, [Counter]);
    expect(module.get(Counter).count).toBe(0);
    await module.get(EventStore).appendToStream('a-1', [{ type: 'x', data: 1 }]);
    expect(module.get(Counter).count).toBe(1);
    await close();
  });

  it('refuse a projection where there is no SQLite store', async () => {
    await expect(start({}, [Counter])).rejects.toThrow(/Counter needs a SQLite store.*:memory:/s);
  });
});

describe('validateEventSourcingOptions', () => {
  const faultsOf = (options: unknown): string[] => {
    const faults = new FaultList('test');
    validateEventSourcingOptions(options as EventSourcingOptions, faults);
    return faults.faults;
  };

  it('accepts what is documented', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ store: { type: 'memory' }, outbox: { batchSize: 5, retry: { jitter: 'none' } } })).toEqual([]);
    expect(
      faultsOf({ store: { type: 'sqlite', file: 'a.db', synchronous: 'full' }, inbox: { retention: 1000 } }),
    ).toEqual([]);
  });

  it('names every fault', () => {
    const faults = faultsOf({
      store: { type: 'sqlite', file: '', synchronous: 'off', fsync: true },
      outbox: { batchSize: 0, leaseDuration: -1, poll: 5, retry: { jitter: 'some', maxDelay: 'x' } },
      inbox: { retention: Number.NaN },
    });
    for (const path of [
      'store.file',
      'store.synchronous',
      'store.fsync',
      'outbox.batchSize',
      'outbox.leaseDuration',
      'outbox.poll',
      'outbox.retry.jitter',
      'outbox.retry.maxDelay',
      'inbox.retention',
    ]) {
      expect(faults).toContainEqual(expect.stringContaining(`${path}:`));
    }
    expect(faultsOf({ store: { type: 'postgres' } })).toEqual([expect.stringContaining('store.type')]);
    expect(faultsOf({ store: 'memory', outbox: [], inbox: null })).toHaveLength(3);
  });
});
