import { castore, castoreOnDynamoDb } from './castore.mjs';
import { oursOnDynamoDb } from './dynamodb.mjs';
import { emmett, emmettOnSqlite, hasEmmettOnSqlite } from './emmett.mjs';
import { ocoda, ocodaOnDynamoDb } from './ocoda.mjs';
import { oursInMemory, oursOnSqlite } from './ours.mjs';
import { EVENT_TYPE, lineAdded, lineAddedMessage } from './workload.mjs';

const OURS = [oursInMemory, oursOnSqlite, oursOnDynamoDb];
const PEERS = [
  castore,
  castoreOnDynamoDb,
  emmett,
  ...(hasEmmettOnSqlite() ? [emmettOnSqlite] : []),
  ocoda,
  ocodaOnDynamoDb,
];
const titleOf = ({ name, note }) => `${name}, ${note}`;
const SUBJECTS = [...OURS, ...PEERS].map((subject) => [titleOf(subject), subject]);

/** What each store does where a store can go wrong; found out by doing it. */
export function correctness({ peers }) {
  return {
    kind: 'correctness',
    title: 'What the stores do when things go wrong',
    text:
      'Answers are observed, not quoted. A publisher is called after the append by castore, ocoda and emmett in memory, before ' +
      'the commit by emmett on SQLite. ocoda is 1.0.0-beta.21 with the store on DynamoDB that it has inside: that of ' +
      'later versions is a package that is not in the registry. emmett on SQLite takes no notice of STREAM_DOES_NOT_EXIST.',
    columns: SUBJECTS.filter(([, subject]) => peers || !subject.peer).map(([title]) => title),
    checks: [
      { question: 'An event numbered 7 for an empty stream', answers: forEach(versionGap) },
      { question: 'The reply to an append is lost and the append sent again', answers: forEach(lostReply) },
      { question: 'Ten writers append to the same version at once', answers: forEach(manyWriters) },
      { question: 'The caller changes its object after the append', answers: forEach(mutation) },
      { question: 'The broker is down when an event with a message is appended', answers: messageAnswers() },
    ],
  };
}

const forEach = (check) =>
  Object.fromEntries(
    SUBJECTS.map(([title, subject]) => [
      title,
      async () => {
        const store = await subject.open();
        try {
          return await check(store);
        } finally {
          await store.close?.();
        }
      },
    ]),
  );

const settled = async (work) => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
};

async function versionGap(store) {
  const error = await silently(() => settled(() => store.append('order', 6, [lineAdded(0)])));
  return error ? 'refused' : '**accepted**: versions 1 to 6 are missing';
}

/** As an application can: ours repeats the commit with its id, the others the same call with the same version. */
async function lostReply(store) {
  const commitId = crypto.randomUUID();
  const append = store.store
    ? () =>
        store.store.appendToStream('order', [{ type: EVENT_TYPE, data: lineAdded(0) }], {
          expectedVersion: 0,
          commitId,
        })
    : () => store.append('order', 0, [lineAdded(0)]);
  await append();
  const error = await silently(() => settled(append));
  const stored = await store.count('order');
  if (stored !== 1) return `**${stored} events**`;
  return error ? 'one event; a conflict, as if another had written it' : 'one event; the second call succeeds';
}

async function manyWriters(store) {
  const write = (index) => store.append('order', 0, [lineAdded(index)]);
  const writes = await silently(() => Promise.allSettled(Array.from({ length: 10 }, (_, index) => write(index))));
  const accepted = writes.filter(({ status }) => status === 'fulfilled').length;
  const stored = await store.count('order');
  const told = `${accepted} accepted, ${stored} stored`;
  return accepted === 1 && stored === 1 ? told : `**${told}**`;
}

async function mutation(store) {
  const data = { ...lineAdded(0), quantity: 1 };
  await store.append('order', 0, [data]);
  data.quantity = 1000;
  const { units } = await store.load('order');
  return units === 1 ? 'history unchanged' : '**history changed**';
}

function messageAnswers() {
  const down = () => Promise.reject(new Error('The broker is down.'));
  return {
    ...Object.fromEntries(OURS.map((subject) => [titleOf(subject), () => withOutbox(subject)])),
    ...Object.fromEntries(
      PEERS.map((subject) => [titleOf(subject), () => withPublisher(subject, hooks.get(subject)?.(down) ?? down)]),
    ),
  };
}

/** How they take a publisher that is not a function. */
const hooks = new Map([
  [emmett, (down) => ({ onAfterCommit: down })],
  [emmettOnSqlite, (down) => ({ onBeforeCommit: down })],
]);

/** A message of the commit waits in the store until a relay has published it. */
async function withOutbox(subject) {
  const store = await subject.open();
  try {
    const data = lineAdded(0);
    await store.store.appendToStream('order', [{ type: EVENT_TYPE, data }], {
      messages: [lineAddedMessage(crypto.randomUUID(), data)],
    });
    const waiting = await store.store.outbox.countPending();
    return waiting === 1 ? 'event and message stored, the message goes out later' : `**${waiting} messages kept**`;
  } finally {
    await store.close();
  }
}

async function withPublisher(subject, publisher) {
  const store = await subject.open(publisher);
  const error = await silently(() => settled(() => store.append('order', 0, [lineAdded(0)])));
  const stored = await store.count('order');
  await store.close?.();
  const told = error ? 'the append fails' : 'the append succeeds';
  return stored === 1 ? `${told}, the event is stored, **the message is lost**` : `${told}, nothing stored`;
}

/** emmett reports what failed on the console. */
async function silently(work) {
  const { error, log } = console;
  console.error = console.log = () => undefined;
  try {
    return await work();
  } finally {
    Object.assign(console, { error, log });
  }
}
