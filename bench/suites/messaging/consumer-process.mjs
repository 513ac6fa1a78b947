/** A consumer that tells its parent of each message, until it is closed or killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openOurs } from './ours.mjs';
import { openSsut } from './ssut.mjs';

const [kind, text] = process.argv.slice(2);
const { work, fails, ...queue } = JSON.parse(text);
const failed = new Set();
let running = 0;

const handle = async (message) => {
  running += 1;
  process.send({ type: 'begun', message });
  await sleep(work);
  running -= 1;
  if (message.number === fails && fails !== undefined && !failed.has(message.id)) {
    failed.add(message.id);
    throw new Error('passing');
  }
  process.send({ type: 'ended', message });
};

const app =
  kind === 'ours'
    ? await openOurs(queue, handle, { concurrency: 10 })
    : await openSsut(queue, handle, { consumers: 4 });
process.on('message', async () => {
  await app.close();
  process.send({ type: 'closed', message: running });
});
