import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { defineEvent, MessageBus } from 'nestjs-loose-coupling/messaging';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { order } from './messages.mjs';
import { openApplication } from './ours.mjs';
import { openPlainjob } from './plainjob.mjs';

export const OrderPlaced = defineEvent('shop.order.placed');

/** `hrtime` counts from one origin in all processes of a machine (CLOCK_MONOTONIC and its equivalents). */
export const now = () => Number(process.hrtime.bigint());

/** Publishes to an idle consumer, every few milliseconds, and measures from before `publish` to the handler's start. */
const probing = ({ subject, note, variant, samples, interval, open }) => ({
  subject,
  note,
  variant,
  async open() {
    const latencies = [];
    let finish;
    const all = new Promise((resolve) => (finish = resolve));
    const arrived = (milliseconds) => {
      latencies.push(milliseconds);
      if (latencies.length === samples) finish();
    };
    return { latencies, all, ...(await open(arrived)) };
  },
  async run({ publish, all, latencies }) {
    for (let index = 0; index < samples; index++) {
      await publish({ ...order(index), sentAt: now() });
      // Not a divisor of any round polling interval, so that samples fall everywhere into it.
      await wait(interval + (index % 3));
    }
    await all;
    return latencies;
  },
  close: ({ close }) => close(),
});

export const oneProcess = (options, { onFile }) =>
  probing({
    ...options,
    subject: OURS,
    note: onFile ? 'file' : 'memory',
    async open(arrived) {
      const file = onFile ? scratchFile() : undefined;
      const application = await openApplication('order', file?.path);
      const bus = application.get(MessageBus);
      await bus.subscribe(OrderPlaced, ({ sentAt }) => arrived((now() - sentAt) / 1e6), {
        queue: 'orders',
        concurrency: 10,
      });
      return {
        publish: (data) => bus.publish(OrderPlaced, data),
        async close() {
          await application.close();
          file?.remove();
        },
      };
    },
  });

export const twoProcesses = (options) =>
  probing({
    ...options,
    subject: OURS,
    note: 'file',
    async open(arrived) {
      const file = scratchFile();
      const application = await openApplication('order', file.path);
      const child = await startChild('nestjs-loose-coupling', file.path, arrived);
      const bus = application.get(MessageBus);
      return {
        publish: (data) => bus.publish(OrderPlaced, data),
        async close() {
          await child.stop();
          await application.close();
          file.remove();
        },
      };
    },
  });

export const twoProcessesOfPlainjob = (options) =>
  probing({
    ...options,
    subject: 'plainjob',
    note: 'SQLite, its default of one poll a second',
    async open(arrived) {
      const file = scratchFile();
      const queue = await openPlainjob(file.path);
      const child = await startChild('plainjob', file.path, arrived);
      return {
        publish: (data) => queue.add('orders', data),
        async close() {
          await child.stop();
          queue.close();
          file.remove();
        },
      };
    },
  });

export const twoProcessesOverIpc = (options) =>
  probing({
    ...options,
    subject: 'floor',
    note: 'Node IPC, nothing stored',
    async open(arrived) {
      const child = await startChild('ipc', '', arrived);
      return { publish: (data) => child.send(data), close: () => child.stop() };
    },
  });

async function startChild(kind, file, arrived) {
  const child = fork(new URL('latency-child.mjs', import.meta.url), [kind, file], { execArgv: [] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The consumer process ended with ${code} before it was ready.`);
  });
  await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => undefined);
  child.on('message', ({ latency }) => arrived(latency));
  return {
    send: (message) => child.send(message),
    async stop() {
      const exited = once(child, 'exit');
      child.send('stop');
      await exited;
    },
  };
}
