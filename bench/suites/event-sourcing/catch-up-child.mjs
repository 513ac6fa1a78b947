/** A process of its own, so that all memory in use is the reader's: follows a feed to its end, and tells what that took. */
import { createRequire } from 'node:module';
import { DynamoDbEventStore } from 'nestjs-loose-coupling/aws';
import { SqliteEventStore } from 'nestjs-loose-coupling/event-sourcing';

const require = createRequire(new URL('../../../package.json', import.meta.url));
const MIB = 2 ** 20;

const { file, table, access, events } = JSON.parse(process.argv[2]);
const store = file ? new SqliteEventStore({ file }) : openTable();

function openTable() {
  const { DynamoDB } = require('@aws-sdk/client-dynamodb');
  return new DynamoDbEventStore({ table, api: new DynamoDB(access) });
}

const inUse = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed / MIB;
};

const started = performance.now();
const figures = { mostHeap: 0, mostResident: 0 };
let count = 0;
let last = 0;
await new Promise((resolve, reject) => {
  store.subscribeToAll(({ position }) => {
    count += 1;
    if (position <= last) reject(new Error(`Position ${position} came after ${last}.`));
    last = position;
    if (count % 5_000 === 0) {
      const { heapUsed, rss } = process.memoryUsage();
      figures.mostHeap = Math.max(figures.mostHeap, heapUsed / MIB);
      figures.mostResident = Math.max(figures.mostResident, rss / MIB);
    }
    if (count === events / 10) figures.afterTenth = inUse();
    if (count < events) return;
    figures.seconds = (performance.now() - started) / 1000;
    figures.afterAll = inUse();
    resolve();
  });
});
await store.close();
process.send(figures);
process.disconnect();
