import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OURS } from '../../harness/measure.mjs';
import { openQueue } from './emulator.mjs';

const CHILD = fileURLToPath(new URL('./consumer-process.mjs', import.meta.url));
const SUBJECTS = { [OURS]: 'ours', '@ssut/nestjs-sqs': 'ssut' };

export const correctness = ({ quick }) => [
  forEach('a process is killed (SIGKILL) amid the messages, and started again', (kind) =>
    afterKill(kind, quick ? 60 : 600),
  ),
  forEach('on a FIFO queue, one message of each group fails once', (kind) => afterFailure(kind, quick ? 4 : 20)),
  forEach('the application closes while 10 handlers run', afterClose),
];

const forEach = (question, answer) => ({
  question,
  answers: Object.fromEntries(Object.entries(SUBJECTS).map(([name, kind]) => [name, () => answer(kind)])),
});

async function afterKill(kind, messages) {
  const queue = await openQueue({ visibilityTimeout: 3 });
  await queue.fill(Array.from({ length: messages }, (_, index) => ({ id: `m${index}` })));
  const done = new Map();
  const count = ({ id }) => done.set(id, (done.get(id) ?? 0) + 1);
  const first = start(kind, queue, { work: 20 });
  await first.until(() => first.ended.length >= messages / 3);
  await first.kill();
  first.ended.forEach(count);
  const second = start(kind, queue, { work: 20 });
  await second.until(() => new Set([...first.ended, ...second.ended].map(({ id }) => id)).size === messages);
  await second.stop();
  second.ended.forEach(count);
  const lost = messages - done.size;
  const twice = [...done.values()].filter((times) => times > 1).length;
  await queue.close();
  return `${lost} lost, ${twice} handled twice (their acknowledgement died with the process)`;
}

async function afterFailure(kind, groups) {
  const queue = await openQueue({ fifo: true, visibilityTimeout: 3 });
  const names = Array.from({ length: groups }, (_, index) => `g${index}`);
  await queue.fill(
    [1, 2, 3, 4].flatMap((number) => names.map((group) => ({ id: `${group}-${number}`, group, number }))),
  );
  const consumer = start(kind, queue, { work: 1, fails: 2 });
  await consumer.until(() => new Set(consumer.ended.map(({ id }) => id)).size === groups * 4, 30_000);
  await consumer.stop();
  const disordered = names.filter((group) => {
    const numbers = consumer.ended.filter((message) => message.group === group).map(({ number }) => number);
    return numbers.some((number, index) => index > 0 && number < numbers[index - 1]);
  });
  const missing = groups * 4 - new Set(consumer.ended.map(({ id }) => id)).size;
  await queue.close();
  return `${disordered.length} of ${groups} groups out of order, ${missing} messages missing after 30 s`;
}

async function afterClose(kind) {
  const queue = await openQueue();
  await queue.fill(Array.from({ length: 10 }, (_, index) => ({ id: `m${index}` })));
  const consumer = start(kind, queue, { work: 500 });
  await consumer.until(() => consumer.begun.length === 10);
  const running = await consumer.stop();
  await queue.close();
  return running === 0 ? 'close() waits for them' : `close() is through while ${running} run`;
}

/** A consumer in a process of its own, and what it says. */
function start(kind, { url, access }, options) {
  const child = fork(CHILD, [kind, JSON.stringify({ url, access, ...options })], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const said = { begun: [], ended: [], closed: undefined };
  child.on('message', ({ type, message }) => (type === 'closed' ? (said.closed = message) : said[type].push(message)));
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const until = async (isSo, timeout = 60_000) => {
    const end = Date.now() + timeout;
    while (!isSo() && Date.now() < end && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return {
    begun: said.begun,
    ended: said.ended,
    until,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    /** Resolves to how many handlers ran when `close()` was through. */
    async stop() {
      if (child.connected) child.send('close');
      await until(() => said.closed !== undefined, 40_000);
      child.kill('SIGKILL');
      await exit;
      return said.closed;
    },
  };
}
