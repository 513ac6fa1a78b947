import { EventEmitter } from 'node:events';
import { defineEvent, MessageBus } from 'nestjs-loose-coupling/messaging';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { order } from './messages.mjs';
import { openApplication } from './ours.mjs';
import { openPlainjob, plainjobWorker } from './plainjob.mjs';

const OrderPlaced = defineEvent('shop.order.placed');

/**
 * From `publish` to the handler's end: envelope, routing, queue, consumer, handler. A hundred are published at a time;
 * the time is that until the last is handled.
 */
const flow = ({ subject, note, variant, messages, open }) => ({
  subject,
  note,
  variant,
  operations: messages,
  async open() {
    const handled = countdown(messages);
    return { handled, ...(await open(handled.handle)) };
  },
  async run({ publish, handled }) {
    for (let first = 0; first < messages; first += 100) {
      const size = Math.min(100, messages - first);
      await publish(Array.from({ length: size }, (_, index) => order(first + index)));
    }
    await handled.all;
  },
  verify({ handled }) {
    const { calls, distinct } = handled.counts();
    if (calls !== messages || distinct !== messages) {
      throw new Error(`${subject} handled ${distinct} of ${messages} messages in ${calls} calls.`);
    }
  },
  close: ({ close }) => close?.(),
});

export const oursEndToEnd = (options, { concurrency, onFile }) =>
  flow({
    ...options,
    subject: OURS,
    note: onFile ? 'file' : 'memory',
    async open(handle) {
      const file = onFile ? scratchFile() : undefined;
      const application = await openApplication('bench', file?.path);
      const bus = application.get(MessageBus);
      await bus.subscribe(OrderPlaced, handle, { queue: 'orders', concurrency });
      return {
        publish: (orders) => bus.publishAll(orders.map((data) => ({ event: OrderPlaced, data }))),
        async close() {
          await application.close();
          file?.remove();
        },
      };
    },
  });

export const plainjobEndToEnd = (options, { concurrency }) =>
  flow({
    ...options,
    subject: 'plainjob',
    note: `${concurrency} worker${concurrency > 1 ? 's' : ''}, SQLite`,
    async open(handle) {
      const file = scratchFile();
      const queue = await openPlainjob(file.path);
      const consume = ({ data }) => handle(JSON.parse(data));
      const workers = await Promise.all(Array.from({ length: concurrency }, () => plainjobWorker(queue, consume)));
      const idle = new Set(workers);
      return {
        // Its workers poll once a second when idle, so they start when there is work.
        publish(orders) {
          queue.addMany('orders', orders);
          for (const worker of idle) void worker.start();
          idle.clear();
        },
        async close() {
          await Promise.all(workers.map((worker) => worker.stop()));
          queue.close();
          file.remove();
        },
      };
    },
  });

export const emitterEndToEnd = (options) =>
  flow({
    ...options,
    subject: 'floor',
    note: 'EventEmitter, at most once',
    open(handle) {
      const emitter = new EventEmitter().on('shop.order.placed', handle);
      return { publish: (orders) => orders.forEach((data) => emitter.emit('shop.order.placed', data)) };
    },
  });

function countdown(messages) {
  const seen = new Set();
  let calls = 0;
  let finish;
  const all = new Promise((resolve) => (finish = resolve));
  return {
    all,
    counts: () => ({ calls, distinct: seen.size }),
    handle: async ({ orderId }) => {
      calls += 1;
      seen.add(orderId);
      if (seen.size === messages) finish();
    },
  };
}
