import 'reflect-metadata';
import { NestFactory } from '../../harness/nest.mjs';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { MessageTransport } from 'nestjs-loose-coupling/messaging';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';

/** An application as a user writes it, on a broker in memory or on a file. */
export async function openApplication(service, file) {
  const transport = { type: 'local', ...(file ? { file } : {}) };
  const application = await NestFactory.createApplicationContext(
    LooseCouplingModule.forRoot({ service, transport, logger: false }),
    { logger: false },
  );
  application.enableShutdownHooks();
  return application;
}

const QUEUE = { name: 'orders', fifo: false, visibilityTimeout: 30_000, maxReceiveCount: 10 };

async function openQueue(file) {
  const application = await openApplication('bench', file?.path);
  const transport = application.get(MessageTransport);
  await transport.provision({ queues: [QUEUE], topics: [], subscriptions: [] });
  const queue = transport.queue('orders');
  return {
    send: (bodies) => queue.send(bodies.map((body) => ({ body }))),
    receive: (max) => queue.receive({ max, wait: 0 }),
    delete: (messages) => queue.delete(messages.map(({ receiptHandle }) => receiptHandle)),
    async close() {
      await application.close();
      file?.remove();
    },
  };
}

export const oursInMemory = { name: OURS, note: 'memory', open: () => openQueue() };
export const oursOnFile = { name: OURS, note: 'file', open: () => openQueue(scratchFile()) };
