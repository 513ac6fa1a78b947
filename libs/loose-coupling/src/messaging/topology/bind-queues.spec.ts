import { FaultList } from '../../kernel/index.js';
import { defineCommand } from '../contracts/define-command.js';
import { defineEvent } from '../contracts/define-event.js';
import type { HandlerMetadata } from '../decorators/handler-metadata.js';
import { DEFAULT_RETRY_POLICY } from '../dispatch/retry-policy.js';
import { bindDeadLetters } from './bind-dead-letters.js';
import { bindQueues, type HandlerDefaults } from './bind-queues.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { DeclaredHandler } from './declared-handler.js';
import { deriveTopology } from './derive-topology.js';

const Placed = defineEvent<unknown>('shop.order.placed');
const Moved = defineEvent<unknown>('shop.order.moved', { key: () => 'k', ordered: true });
const Reserve = defineCommand<unknown>('inventory.stock.reserve');

const defaults: HandlerDefaults = {
  service: 'inventory',
  concurrency: 10,
  visibilityTimeout: 30_000,
  retry: DEFAULT_RETRY_POLICY,
  inbox: true,
  clock: new FakeClock(),
};

const prototype = {};
const declare = (methodName: string, metadata: HandlerMetadata): DeclaredHandler => ({
  className: 'Stock',
  methodName,
  prototype,
  moduleName: 'StockModule',
  metadata,
  invoke: async () => undefined,
});
const onEvent = (methodName: string, reference: typeof Placed | string, options = {}) =>
  declare(methodName, { kind: 'event', reference, options });

function bind(...handlers: DeclaredHandler[]) {
  const faults = new FaultList('test');
  const bindings = bindQueues(handlers, defaults, faults);
  const letters = bindDeadLetters(handlers, bindings, defaults, faults);
  return { faults: faults.faults, bindings, topology: deriveTopology(bindings, letters) };
}

describe('the topology of a service', () => {
  it('has a queue for each event, named after both, with a dead-letter queue', () => {
    const { topology, faults } = bind(onEvent('a', Placed), onEvent('b', 'other.event'));

    expect(faults).toEqual([]);
    expect(topology).toEqual({
      queues: [
        {
          name: 'inventory-shop-order-placed',
          fifo: false,
          visibilityTimeout: 30_000,
          maxReceiveCount: 15,
          deadLetterQueue: 'inventory-shop-order-placed-dlq',
        },
        { name: 'inventory-shop-order-placed-dlq', fifo: false, visibilityTimeout: 30_000, maxReceiveCount: 15 },
        expect.objectContaining({ name: 'inventory-other-event' }),
        expect.objectContaining({ name: 'inventory-other-event-dlq' }),
      ],
      topics: [
        { name: 'shop.order.placed', fifo: false },
        { name: 'other.event', fifo: false },
      ],
      subscriptions: [
        { topic: 'shop.order.placed', queue: 'inventory-shop-order-placed' },
        { topic: 'other.event', queue: 'inventory-other-event' },
      ],
    });
  });

  it('gives every further handler of an event its own queue, whatever the order they are found in', () => {
    const handlers = [onEvent('second', Placed), onEvent('first', Placed), onEvent('third', Placed)];
    const expected = [
      'inventory-shop-order-placed',
      'inventory-shop-order-placed-Stock-second',
      'inventory-shop-order-placed-Stock-third',
    ];

    for (const order of [handlers, handlers.toReversed()]) {
      expect(bind(...order).bindings.map(({ queue }) => queue)).toEqual(expected);
    }
  });

  it('shares a named queue between events, with the settings that any of them gives', () => {
    const { bindings, topology } = bind(
      onEvent('a', Placed, { queue: 'shared', concurrency: 3, filter: { total: [1] } }),
      onEvent('b', 'other', { queue: 'shared', visibilityTimeout: 5_000, retry: { maxAttempts: 50 } }),
    );

    expect(bindings).toHaveLength(1);
    expect(bindings[0]).toMatchObject({ queue: 'shared', concurrency: 3, visibilityTimeout: 5_000 });
    expect(topology.queues[0]?.maxReceiveCount).toBe(60);
    expect(topology.subscriptions).toEqual([
      { topic: 'shop.order.placed', queue: 'shared', filter: { total: [1] } },
      { topic: 'other', queue: 'shared' },
    ]);
  });

  it('makes queues of ordered events FIFO, and their dead-letter queues too', () => {
    const { topology } = bind(onEvent('a', Moved), onEvent('b', Moved, { queue: 'moves' }));

    expect(topology.queues.map(({ name, fifo }) => [name, fifo])).toEqual([
      ['inventory-shop-order-moved.fifo', true],
      ['inventory-shop-order-moved-dlq.fifo', true],
      ['moves.fifo', true],
      ['moves-dlq.fifo', true],
    ]);
  });

  it('has the queues of commands, and no topic for them', () => {
    const { topology } = bind(declare('a', { kind: 'command', reference: Reserve, options: {} }));

    expect(topology.queues.map(({ name }) => name)).toEqual(['inventory-stock-reserve', 'inventory-stock-reserve-dlq']);
    expect(topology.topics).toEqual([]);
  });

  it('has the dead-letter queue of another service when its letters are handled here, but no letters of letters', () => {
    const { topology } = bind(declare('a', { kind: 'deadLetter', reference: 'orders', options: {} }));

    expect(topology.queues).toEqual([
      { name: 'orders-dlq', fifo: false, visibilityTimeout: 30_000, maxReceiveCount: Number.MAX_SAFE_INTEGER },
    ]);
  });

  it('refuses names that SQS would', () => {
    const { faults } = bind(
      onEvent('a', `shop.${'x'.repeat(100)}`),
      onEvent('b', Placed, { queue: 'no spaces' }),
      onEvent('c', Placed, { queue: 'orders.fifo' }),
    );

    expect(faults).toEqual([
      expect.stringMatching(/^@OnEvent on Stock\.b\.queue: expected letters/),
      expect.stringMatching(/^queue of @OnEvent on Stock\.a: expected at most 76 characters/),
      expect.stringMatching(
        /^@OnEvent on Stock\.c: shop\.order\.placed is not ordered, but the queue "orders\.fifo" is FIFO/,
      ),
    ]);
  });

  it('refuses two classes whose handlers have one name, and takes a method with several decorators', () => {
    const one = onEvent('reserve', Placed);
    const rival = { ...one, prototype: {}, moduleName: 'ArchiveModule' };

    expect(bind(one, onEvent('reserve', 'other')).faults).toEqual([]);
    expect(bind(one, onEvent('reserve', 'other'), rival).faults).toEqual([
      expect.stringMatching(/^Stock\.reserve of StockModule and Stock\.reserve of ArchiveModule .*rename one/),
    ]);
  });
});
