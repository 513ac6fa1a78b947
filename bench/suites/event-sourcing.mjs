import {
  aggregateInMemory,
  aggregateOnDynamoDb,
  aggregateOnSqlite,
  snapshotsOnDynamoDb,
  snapshotsOnSqlite,
} from './event-sourcing/aggregate.mjs';
import { appending, readingAll, rehydrating } from './event-sourcing/cases.mjs';
import { catchingUp } from './event-sourcing/catch-up.mjs';
import { castore, castoreOnDynamoDb } from './event-sourcing/castore.mjs';
import { correctness } from './event-sourcing/correctness.mjs';
import { dynamoDbFloor, dynamoDbSnapshotFloor, oursOnDynamoDb, writtenCapacity } from './event-sourcing/dynamodb.mjs';
import { emmett, emmettOnSqlite, hasEmmettOnSqlite } from './event-sourcing/emmett.mjs';
import { memoryFloor } from './event-sourcing/memory-floor.mjs';
import { ocoda, ocodaOnDynamoDb } from './event-sourcing/ocoda.mjs';
import { eventByEvent, oursInMemory, oursOnSqlite } from './event-sourcing/ours.mjs';
import { sqliteFloor } from './event-sourcing/sqlite-floor.mjs';
import { lineAdded } from './event-sourcing/workload.mjs';
import { closeEmulator, dynamoDbLocal } from '../harness/emulator.mjs';
import { OURS } from '../harness/measure.mjs';

const onDynamoDb = [oursOnDynamoDb, dynamoDbFloor];
const onSqlite = [oursOnSqlite, sqliteFloor];

const across = (subjects, make, ...workloads) =>
  workloads.flatMap((workload) => subjects.map((subject) => make(subject, workload)));

const PEERS = [
  '@castore/core',
  '@castore/event-storage-adapter-dynamodb',
  '@event-driven-io/emmett',
  '@ocoda/event-sourcing',
];

export async function suite({ quick, peers, only }) {
  const inMemory = [oursInMemory, ...(peers ? [castore, emmett, ocoda] : []), memoryFloor];
  const peersOnSqlite = peers && hasEmmettOnSqlite() ? [emmettOnSqlite] : [];
  const peersOnDynamoDb = peers ? [castoreOnDynamoDb, ocodaOnDynamoDb] : [];
  const scale = quick ? 20 : 1;
  const one = (events, more) => ({ streams: 1, events: events / scale, batch: 1, ...more });
  const memoryAppends = [
    one(1_000, { variant: 'one stream to 1,000, 1 event an append', stores: quick ? 1 : 10 }),
    one(10_000, { variant: 'one stream to 10,000, 1 event an append', stores: quick ? 1 : 3 }),
    { variant: '1,000 streams, 10 events each, 1 an append', streams: 1_000 / scale, events: 10, batch: 1 },
    { variant: '100 streams, 100 events each, 25 an append', streams: 100 / scale, events: 100, batch: 25 },
  ];
  const withMessage = { variant: 'one stream to 10,000, each append with a message', withMessage: true };
  const sqliteAppends = [
    one(4_000, { variant: 'one stream, 1 event an append' }),
    one(4_000, { variant: 'one stream, 1 event and 1 message an append', withMessage: true }),
    { variant: '400 streams, 10 events each, 1 an append', streams: 400 / scale, events: 10, batch: 1 },
    {
      variant: '100 writers at once, 1 event an append',
      streams: 100,
      events: 40 / Math.min(scale, 4),
      batch: 1,
      atOnce: true,
    },
    { variant: '4 streams, 25 events an append', streams: 4, events: 5_000 / scale, batch: 25 },
    {
      variant: '4 streams, 25 events and 25 messages an append',
      streams: 4,
      events: 2_500 / scale,
      batch: 25,
      withMessage: true,
    },
  ];
  // As many before the clock starts as are timed: the SDK is slow until it is compiled.
  const each = 100 / Math.min(scale, 10);
  const atOnce = { streams: 20, events: each, batch: 1, atOnce: true, warm: each };
  const dynamoDbAppends = [
    one(800, { variant: 'one stream, 1 event an append', warm: 200 }),
    one(800, { variant: 'one stream, 1 event and 1 message an append', withMessage: true, warm: 200 }),
    { variant: '20 writers at once, 1 event an append', ...atOnce },
    { variant: '20 writers at once, 1 event and 1 message an append', withMessage: true, ...atOnce },
  ];
  const costs = [
    { variant: '1 event and 1 message, at once', batch: 1, appends: 50, withMessage: true, mostUnits: 1 },
    { variant: '1 event, until in the feed', batch: 1, appends: 50, untilInFeed: true, mostUnits: 5 },
    {
      variant: '1 event and 1 message, until in the feed',
      batch: 1,
      appends: 50,
      withMessage: true,
      untilInFeed: true,
      mostUnits: 5,
    },
    { variant: '10 events, at once', batch: 10, appends: 20, mostUnits: 3 },
    { variant: '10 events, until in the feed', batch: 10, appends: 20, untilInFeed: true, mostUnits: 11 },
  ];
  const dynamoDbRehydration = { variant: 'an order of 10,000 events', events: 10_000 / scale, times: 3 };
  const shortRehydration = { variant: 'an order of 1,000 events', events: 1_000 / scale, times: 20 };
  const rehydrations = [
    { variant: 'an order of 1,000 events', events: 1_000 / scale, times: 50 },
    { variant: 'an order of 10,000 events', events: 10_000 / scale, times: 5 },
  ];
  const feed = { variant: '10,000 events of 100 streams', streams: 100, events: 100 / scale };

  return {
    name: 'event-sourcing',
    packages: [
      'libsql',
      ...(peers ? [...PEERS, ...(peersOnSqlite.length > 0 ? [EMMETT_ON_SQLITE, 'sqlite3'] : [])] : []),
    ],
    title: 'Event sourcing',
    text:
      'An event is about 120 bytes of JSON. Every append states the version it expects. After each run the rebuilt ' +
      'order is compared with the expected one, outside the measured time. “ours ÷ this” is taken round by round.',
    groups: [
      {
        title: 'Append, in memory',
        unit: 'events/s',
        text: 'Ours copies and freezes each event and gives it an id and a place in the feed; castore and emmett keep the caller’s object, ocoda a copy of its fields, without a look at the version.',
        cases: [
          ...across(inMemory, appending, ...memoryAppends),
          ...across([oursInMemory], appending, one(10_000, withMessage)),
        ],
        targets: memoryAppends.slice(0, 3).map(({ variant }) => ({
          text: `at least 100,000 events a second, ${variant}`,
          atLeast: 100_000,
          value: (figure) => figure(OURS, variant).rate.median,
        })),
      },
      {
        title: 'Append, on SQLite',
        unit: 'events/s',
        text: `WAL, synchronous=NORMAL; the floor does by hand, with the same driver, the least that keeps the same promises. ${aboutEmmett}`,
        cases: [
          ...across(onSqlite, appending, ...sqliteAppends),
          ...across(peersOnSqlite, appending, ...sqliteAppends.filter(({ withMessage }) => !withMessage)),
        ],
        targets: sqliteAppends.map(({ variant }) => floorTarget(variant)),
      },
      {
        title: 'Rehydrate, in memory',
        unit: 'orders/s',
        text: 'Each by its own way to a state: `aggregateStream` of ours and of emmett, `getAggregate` of castore, a loop over `getEvents` of ocoda.',
        cases: across([...inMemory, eventByEvent(oursInMemory), aggregateInMemory], rehydrating, ...rehydrations),
        targets: [
          {
            text: '10,000 events in a millisecond: at least 1,000 orders a second',
            atLeast: 1_000,
            value: (figure) => figure(OURS, rehydrations[1].variant).rate.median,
          },
        ],
      },
      {
        title: 'Rehydrate, on SQLite',
        unit: 'orders/s',
        cases: [
          ...across(
            [...onSqlite, ...peersOnSqlite, eventByEvent(oursOnSqlite), aggregateOnSqlite],
            rehydrating,
            ...rehydrations,
          ),
          rehydrating(snapshotsOnSqlite, { ...rehydrations[1], times: 100 }),
        ],
        targets: rehydrations.map(({ variant }) => floorTarget(variant)),
      },
      {
        title: 'Read all events in order, in memory',
        unit: 'events/s',
        text: 'castore, emmett and ocoda have no feed of all events in memory.',
        cases: across([oursInMemory, memoryFloor], readingAll, feed),
      },
      {
        title: 'Read all events in order, on SQLite',
        unit: 'events/s',
        cases: across([...onSqlite, ...peersOnSqlite], readingAll, feed),
        targets: [floorTarget(feed.variant)],
      },
      {
        title: 'Append, on DynamoDB',
        unit: 'events/s',
        text:
          'Over the wire, to an emulator on the same machine: ratios are what counts. The floor puts the same item through the same ' +
          'client, and does nothing else. Each has written some hundred events before the clock starts. castore and ocoda have no outbox.',
        cases: [
          ...across(onDynamoDb, appending, ...dynamoDbAppends),
          ...across(peersOnDynamoDb, appending, ...dynamoDbAppends.filter(({ withMessage }) => !withMessage)),
        ],
        targets: dynamoDbAppends.map(({ variant }) => ({
          ...floorTarget(variant),
          text: `at least 90 % of the floor, ${variant}`,
          atLeast: 0.9,
        })),
      },
      {
        title: 'Rehydrate, on DynamoDB',
        unit: 'orders/s',
        cases: [
          ...across(
            [...onDynamoDb, eventByEvent(oursOnDynamoDb), aggregateOnDynamoDb],
            rehydrating,
            dynamoDbRehydration,
          ),
          // Theirs are written event by event, which takes its time.
          ...across([...onDynamoDb, ...peersOnDynamoDb], rehydrating, shortRehydration),
        ],
        targets: [
          {
            text: '10,000 events loaded in at most 1.2 × the time of a raw query',
            atLeast: 1 / 1.2,
            value: (figure) => figure('floor', dynamoDbRehydration.variant).ratio.median,
          },
        ],
      },
      await fromSnapshots({ events: 10_000 / scale, times: 50 }, only),
      {
        title: 'Write capacity of an append, on DynamoDB',
        kind: 'amount',
        unit: 'units',
        text: 'Counted from the requests by AWS’s rules. At once: what the caller waits for, without the index.',
        cases: costs.map((cost) => writtenCapacity({ ...cost, payload: lineAdded })),
        targets: costs.map(({ variant, mostUnits }) => ({
          text: `at most ${mostUnits} units, ${variant}`,
          atMost: mostUnits,
          value: (figure) => figure(OURS, variant).amount.median,
        })),
      },
      catchingUp([
        { place: 'SQLite', text: '1,000,000 events on SQLite', events: 1_000_000 / scale, streams: 100, batch: 100 },
        {
          place: 'DynamoDB',
          text: '1,000,000 events on DynamoDB, 400 to a commit',
          events: 1_000_000 / scale,
          streams: 25,
          batch: 400,
        },
      ]),
      correctness({ peers }),
    ],
    close: closeEmulator,
  };
}

const FROM_SNAPSHOTS = 'Load from a snapshot, on DynamoDB';

/** Beside the emulator on AWS's own, where there is Java: the emulator looks at each item of a stream for each query. */
async function fromSnapshots({ events, times }, only) {
  const isAskedFor = FROM_SNAPSHOTS.includes(only);
  const local = isAskedFor ? await dynamoDbLocal() : undefined;
  const places = [
    {
      place: process.env.AWS_ENDPOINT_URL ?? 'MiniStack',
      subjects: [snapshotsOnDynamoDb('DynamoDB'), dynamoDbSnapshotFloor()],
    },
    ...(local
      ? [{ place: 'DynamoDB Local', subjects: [snapshotsOnDynamoDb('DynamoDB Local'), dynamoDbSnapshotFloor(local)] }]
      : []),
  ];
  const variantOf = (place) => `an order of 10,000 events, on ${place}`;
  const judged = variantOf(places.at(-1).place);
  return {
    title: FROM_SNAPSHOTS,
    unit: 'orders/s',
    text:
      'The snapshot holds all but the last hundred events or so. MiniStack tries the condition of a query on each item of the ' +
      'stream, in Python, which is nearly all of its time here; DynamoDB and DynamoDB Local look up where to begin.',
    cases: places.flatMap(({ place, subjects }) =>
      across(subjects, rehydrating, { variant: variantOf(place), events, times }),
    ),
    targets: [
      {
        text: `within 10 ms: at least 100 orders a second, ${judged}`,
        atLeast: 100,
        value: (figure) => figure(OURS, judged).rate.median,
      },
    ],
  };
}

const EMMETT_ON_SQLITE = '@event-driven-io/emmett-sqlite';
const aboutEmmett = hasEmmettOnSqlite()
  ? 'emmett has one connection, as it can be told to, and no outbox.'
  : 'emmett’s store on SQLite is not installed: its driver is compiled where there is a compiler.';

const floorTarget = (variant) => ({
  text: `at least 70 % of the floor, ${variant}`,
  atLeast: 0.7,
  value: (figure) => figure('floor', variant).ratio.median,
});
