import { setTimeout as sleep } from 'node:timers/promises';
import { OURS } from '../harness/measure.mjs';
import { closeEmulator } from '../harness/emulator.mjs';
import { openQueue } from './messaging/emulator.mjs';
import { correctness } from './messaging/correctness.mjs';
import { openOurs, openSender } from './messaging/ours.mjs';
import { openSsut } from './messaging/ssut.mjs';

const HANDLER_MS = 20;
const SSUT = '@ssut/nestjs-sqs';
const SDK = '@aws-sdk/client-sqs';
const OUR_CASES = [
  { variant: 'concurrency 100, received by ssut', receiver: 'ssut', concurrency: 100 },
  { variant: 'concurrency 200, received by ssut', receiver: 'ssut', concurrency: 200 },
  { variant: 'concurrency 100, received by sdk', receiver: 'sdk', concurrency: 100 },
  { variant: 'concurrency 200, received by sdk', receiver: 'sdk', concurrency: 200 },
];

export function suite({ quick }) {
  const messages = quick ? 100 : 2_000;
  return {
    name: 'messaging',
    rounds: 3,
    packages: ['@ssut/nestjs-sqs', 'sqs-consumer', '@aws-sdk/client-sqs'],
    title: 'Messaging on SQS',
    text:
      'Against an emulator on the same machine, which shares its processors: ratios are what counts, and ours are bounded by what the ' +
      'emulator does. After each run every message must have been handled, once, and the queue must be empty.',
    groups: [
      {
        title: `Receiving, with a handler that takes ${HANDLER_MS} ms`,
        unit: 'messages/s',
        text: 'One process. A handler for each message, but for the last row, whose handler is given ten at a time.',
        cases: [
          ...OUR_CASES.map(({ variant, ...settings }) =>
            receiving(OURS, variant, messages, (queue, handle) => openOurs(queue, handle, settings)),
          ),
          receiving(SSUT, 'as it comes: one consumer', messages / 2, (queue, handle) => openSsut(queue, handle)),
          receiving(SSUT, '4 consumers', messages, (queue, handle) => openSsut(queue, handle, { consumers: 4 })),
          receiving(SSUT, '16 consumers', messages, (queue, handle) => openSsut(queue, handle, { consumers: 16 })),
          receiving(SSUT, '16 consumers, handlers of batches', messages, (queue, handle) =>
            openSsut(queue, handle, { consumers: 16, batch: true }),
          ),
        ],
        targets: ['ssut', 'sdk'].flatMap((receiver) => [
          faster(receiver, '4 × @ssut/nestjs-sqs as it comes', 4, 'as it comes: one consumer'),
          faster(receiver, '2 × its best with a handler for each message', 2, '4 consumers', '16 consumers'),
        ]),
      },
      {
        title: 'Sending',
        unit: 'messages/s',
        text:
          'Each for a second or so, after as many requests that are not timed: an SDK is slow until it is compiled. The floor is what the ' +
          'SDK and the emulator can do: calls of ten messages that are there from the start.',
        cases: [
          sending(OURS, 'send(), by 200 callers', messages * 10, ourSender(200)),
          sending(SDK, 'SendMessage, one after another', messages / 2, sdkSender(1)),
          sending(SDK, 'SendMessage, 20 at a time', messages, sdkSender(20)),
          sending(SDK, 'floor: SendMessageBatch of 10, 10 at a time', messages * 10, sdkBatchSender(10)),
          sending(SSUT, 'send(), a list of all', messages * 10, ssutSender),
        ],
        targets: [fasterSending('SendMessage, one after another'), fasterSending('SendMessage, 20 at a time')],
      },
      { title: 'Is it correct?', kind: 'correctness', columns: [OURS, SSUT], checks: correctness({ quick }) },
    ],
    close: closeEmulator,
  };
}

const numbered = (count) =>
  Array.from({ length: count }, (_, index) => ({ id: `m${index}`, total: index, text: 'x'.repeat(200) }));

const receiving = (subject, variant, messages, open) => ({
  subject,
  variant,
  operations: messages,
  async open() {
    const queue = await openQueue();
    await queue.fill(numbered(messages));
    return { queue, seen: new Map() };
  },
  async run(state) {
    const { queue, seen } = state;
    let finish;
    const all = new Promise((resolve) => (finish = resolve));
    state.app = await open(queue, async ({ id }) => {
      await sleep(HANDLER_MS);
      seen.set(id, (seen.get(id) ?? 0) + 1);
      if (seen.size === messages) finish();
    });
    await all;
  },
  async verify({ queue, seen, app }) {
    const twice = [...seen.values()].filter((times) => times > 1).length;
    // An acknowledgement may be under way.
    let left = await queue.left();
    for (const end = Date.now() + 5_000; left > 0 && Date.now() < end; left = await queue.left()) await sleep(50);
    await app.close();
    if (twice > 0 || left > 0) throw new Error(`${subject}, ${variant}: ${twice} handled twice, ${left} left.`);
  },
  close: ({ queue }) => queue.close(),
});

const sending = (subject, variant, messages, open) => ({
  subject,
  variant,
  operations: messages,
  async open() {
    const queue = await openQueue();
    return { queue, sender: await open(queue) };
  },
  warm: ({ sender }) => sender.send(numbered(messages)),
  run: ({ sender }) => sender.send(numbered(messages)),
  async verify({ queue }) {
    const sent = await queue.left();
    if (sent !== 2 * messages) throw new Error(`${subject}, ${variant}: ${sent} of ${2 * messages} arrived.`);
  },
  async close({ queue, sender }) {
    await sender.close();
    await queue.close();
  },
});

/** So many callers, each of which waits for its message before it sends the next. */
async function byCallers(callers, bodies, send) {
  let next = 0;
  const caller = async () => {
    while (next < bodies.length) await send(bodies[next++]);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

const ourSender = (callers) => async (queue) => {
  const sender = await openSender(queue);
  return { send: (bodies) => byCallers(callers, bodies, sender.send), close: sender.close };
};

const sdkSender =
  (callers) =>
  async ({ sqs, url }) => ({
    send: (bodies) =>
      byCallers(callers, bodies, (body) => sqs.sendMessage({ QueueUrl: url, MessageBody: JSON.stringify(body) })),
    close: () => undefined,
  });

const sdkBatchSender =
  (callers) =>
  async ({ sqs, url }) => ({
    send: (bodies) =>
      byCallers(callers, tens(bodies), (ten) => {
        const Entries = ten.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) }));
        return sqs.sendMessageBatch({ QueueUrl: url, Entries });
      }),
    close: () => undefined,
  });

const tens = (bodies) =>
  Array.from({ length: Math.ceil(bodies.length / 10) }, (_, index) => bodies.slice(index * 10, index * 10 + 10));

async function ssutSender(queue) {
  const app = await openSsut(queue, async () => undefined, { consumers: 0 });
  return { send: (bodies) => app.send(bodies.map((body) => ({ id: body.id, body }))), close: () => app.close() };
}

const faster = (receiver, text, ratio, ...variants) => ({
  text: `received by ${receiver}: at least ${text}`,
  atLeast: ratio,
  value: (figure) => {
    const best = (subject, ...names) => Math.max(...names.map((name) => figure(subject, name).rate.median));
    const ours = OUR_CASES.filter((each) => each.receiver === receiver).map(({ variant }) => variant);
    return best(OURS, ...ours) / best(SSUT, ...variants);
  },
});

const fasterSending = (variant) => ({
  text: `at least 5 × ${variant}`,
  atLeast: 5,
  value: (figure) => figure(OURS, 'send(), by 200 callers').rate.median / figure(SDK, variant).rate.median,
});
