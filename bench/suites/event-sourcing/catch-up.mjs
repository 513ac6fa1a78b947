import { fork } from 'node:child_process';
import { once } from 'node:events';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { emulator } from '../../harness/emulator.mjs';
import { oursOnDynamoDb } from './dynamodb.mjs';
import { oursOnSqlite } from './ours.mjs';
import { lineAdded } from './workload.mjs';

const CHILD = new URL('./catch-up-child.mjs', import.meta.url);
const FLAT_MIB = 8;

/** Stores by their name: `open() → { store, where, close }`, where `where` is what the child is told. */
const PLACES = {
  async SQLite() {
    const file = scratchFile();
    const store = oursOnSqlite.open(file);
    return { store, where: { file: file.path }, close: () => store.close() };
  },
  async DynamoDB() {
    const store = await oursOnDynamoDb.open();
    const { endpoint, region, credentials } = (await emulator()).access;
    const where = { table: store.table, access: { endpoint, region, credentials } };
    return { store, where, close: () => store.close() };
  },
};

/** A feed of `events` events, filled here, then followed from its beginning in a process of its own. */
async function catchUp(place, { events, streams, batch }) {
  const { store, where, close } = await PLACES[place]();
  try {
    const perStream = events / streams;
    for (let version = 0; version < perStream; version += batch) {
      const payloads = Array.from({ length: batch }, (_, index) => lineAdded(version + index));
      for (let stream = 0; stream < streams; stream++) await store.append(`order-${stream}`, version, payloads, false);
    }
    const child = fork(CHILD, [JSON.stringify({ ...where, events })], { execArgv: ['--expose-gc'] });
    const ended = once(child, 'exit');
    const [figures] = await Promise.race([once(child, 'message'), ended.then(() => [])]);
    await ended;
    if (!figures) throw new Error(`The process that was to catch up on ${place} failed.`);
    return figures;
  } finally {
    await close();
  }
}

/** One run gives all figures of a store. */
const shared = (work) => {
  let running;
  return () => (running ??= work());
};

/** Whether memory grows with what was read: it must be as full at the end as after a tenth. */
export function catchingUp(loads) {
  const cases = loads.flatMap(({ place, text, ...load }) => {
    const figures = shared(() => catchUp(place, load));
    const figure = (what, of) => ({
      subject: OURS,
      note: place,
      variant: `${text}: ${what}`,
      open: () => undefined,
      run: async () => of(await figures()),
    });
    return [
      figure('events a second', ({ seconds }) => load.events / seconds),
      figure('MiB of heap in use after a tenth of them', ({ afterTenth }) => afterTenth),
      figure('MiB of heap in use after all of them', ({ afterAll }) => afterAll),
      figure('MiB of heap at most, garbage included', ({ mostHeap }) => mostHeap),
      figure('MiB of the whole process at most', ({ mostResident }) => mostResident),
    ];
  });
  return {
    title: 'Catch up with a long feed',
    kind: 'amount',
    unit: 'figure',
    rounds: 1,
    text: 'A subscription that begins at the first event, alone in its process. In use: right after a garbage collection.',
    cases,
    targets: loads.map(({ text }) => ({
      text: `memory is flat: at most ${FLAT_MIB} MiB more in use at the end than after a tenth, ${text}`,
      atMost: FLAT_MIB,
      value: (figure) => {
        const inUse = (when) => figure(OURS, `${text}: MiB of heap in use after ${when} of them`).amount.median;
        return inUse('all') - inUse('a tenth');
      },
    })),
  };
}
