/** The other process: consumes, and tells its parent how long each message took. */
import { MessageBus } from 'nestjs-loose-coupling/messaging';
import { now, OrderPlaced } from './latency.mjs';
import { openApplication } from './ours.mjs';
import { openPlainjob, plainjobWorker } from './plainjob.mjs';

const [kind, file] = process.argv.slice(2);
const arrived = ({ sentAt }) => process.send({ latency: (now() - sentAt) / 1e6 });

const consumers = {
  async 'nestjs-loose-coupling'() {
    const application = await openApplication('inventory', file);
    await application.get(MessageBus).subscribe(OrderPlaced, arrived, { queue: 'reservations', concurrency: 10 });
    return () => application.close();
  },
  async plainjob() {
    const queue = await openPlainjob(file);
    const worker = await plainjobWorker(queue, ({ data }) => arrived(JSON.parse(data)));
    void worker.start();
    return async () => {
      await worker.stop();
      queue.close();
    };
  },
  ipc() {
    process.on('message', (message) => message !== 'stop' && arrived(message));
    return () => undefined;
  },
};

const stop = await consumers[kind]();
process.on('message', async (message) => {
  if (message !== 'stop') return;
  await stop();
  process.disconnect();
});
process.send('ready');
