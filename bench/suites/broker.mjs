import { OURS } from '../harness/measure.mjs';
import { emitterEndToEnd, oursEndToEnd, plainjobEndToEnd } from './broker/end-to-end.mjs';
import { oneProcess, twoProcesses, twoProcessesOfPlainjob, twoProcessesOverIpc } from './broker/latency.mjs';
import { oursInMemory, oursOnFile } from './broker/ours.mjs';
import { plainjob } from './broker/plainjob.mjs';
import { cycling, draining } from './broker/queue-cases.mjs';
import { arrayQueue, rawSqlite, rawSqliteWithoutClaim } from './broker/queue-floors.mjs';

const CONCURRENCIES = [1, 10, 100];

export function suite({ quick, peers }) {
  const scale = quick ? 20 : 1;
  return {
    name: 'broker',
    packages: ['libsql', ...(peers ? ['plainjob'] : [])],
    title: 'The embedded broker',
    text:
      'A message is a CloudEvents envelope of about 420 bytes. After each run every message must have arrived, once, ' +
      'and the queue must be empty. “ours ÷ this” is taken round by round.',
    groups: [
      {
        title: 'Queue in memory: send, receive, delete',
        unit: 'messages/s',
        cases: queueCases([oursInMemory, arrayQueue], 5 / scale),
        targets: [atLeast(50_000, 'batches of 10')],
      },
      {
        title: 'Queue on a file: send, receive, delete',
        unit: 'messages/s',
        text: 'WAL, synchronous=NORMAL; each batch is a transaction to send, one to claim, one to delete. Floor and plainjob run on the same driver.',
        cases: queueCases([oursOnFile, rawSqlite, rawSqliteWithoutClaim, ...(peers ? [plainjob] : [])], 1 / scale),
      },
      {
        title: 'From publish to the handler’s end, in memory',
        unit: 'messages/s',
        text: 'The emitter has neither envelope nor queue: an event whose handler throws, or whose process ends, is gone.',
        cases: CONCURRENCIES.flatMap((concurrency) => {
          const options = { variant: `concurrency ${concurrency}`, messages: 10_000 / scale };
          return [oursEndToEnd(options, { concurrency }), emitterEndToEnd(options)];
        }),
      },
      {
        title: 'From publish to the handler’s end, on a file',
        unit: 'messages/s',
        text: 'plainjob does not retry a job whose handler throws, and gives a job of a killed process out again after 30 minutes.',
        cases: CONCURRENCIES.flatMap((concurrency) => {
          const options = { variant: `concurrency ${concurrency}`, messages: 3_000 / scale };
          return [
            oursEndToEnd(options, { concurrency, onFile: true }),
            ...(peers && concurrency < 100 ? [plainjobEndToEnd(options, { concurrency })] : []),
          ];
        }),
      },
      {
        title: 'Latency to an idle consumer',
        kind: 'latency',
        text: 'From before `publish` to the start of the handler, one message every few milliseconds.',
        cases: latencyCases({ samples: 150 / scale, interval: 3, peers }),
      },
    ],
  };
}

function queueCases(subjects, size) {
  return subjects.flatMap((subject) => [
    cycling(subject, { variant: 'one at a time', messages: 2_000 * size, batch: 1 }),
    cycling(subject, { variant: 'batches of 10', messages: 4_000 * size, batch: 10 }),
    cycling(subject, { variant: 'batches of 100', messages: 8_000 * size, batch: 100 }),
    draining(subject, { variant: 'a backlog, in batches of 10', messages: 8_000 * size, batch: 10 }),
  ]);
}

function latencyCases({ samples, interval, peers }) {
  const work = (variant) => ({ variant, samples: Math.ceil(samples), interval });
  return [
    oneProcess(work('one process'), { onFile: false }),
    oneProcess(work('one process'), { onFile: true }),
    twoProcesses(work('two processes')),
    twoProcessesOverIpc(work('two processes')),
    ...(peers ? [twoProcessesOfPlainjob(work('two processes'))] : []),
  ];
}

const atLeast = (rate, variant) => ({
  text: `at least ${rate.toLocaleString('en-US')} messages a second, ${variant}`,
  atLeast: rate,
  value: (figure) => figure(OURS, variant).rate.median,
});
