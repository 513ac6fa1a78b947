import fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { number } from './attributes.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { keyText, snapshotKey } from './keys.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

const STREAM = 'order-1';

/** A process of its own on the table, and the requests that it makes. */
function openOn(table: FakeTable) {
  const requests: string[] = [];
  const at = (operation: string, phase: string) => void (phase === 'before' && requests.push(operation));
  const store = new DynamoDbEventStore({
    table: 'events',
    api: new FakeDynamoDb(table, { at }),
    clock: new FakeClock(),
  });
  const versions = async (range: { fromVersion?: number; toVersion?: number; limit?: number } = {}) => {
    const read: number[] = [];
    for await (const { version } of store.readStream(STREAM, range)) read.push(version);
    return read;
  };
  return { store, requests, versions };
}

type Process = ReturnType<typeof openOn>;

async function append({ store }: Process, sizes: readonly number[]): Promise<void> {
  for (const size of sizes) {
    await store.appendToStream(
      STREAM,
      Array.from({ length: size }, () => ({ type: 'added', data: {} })),
    );
  }
}

async function snapshot({ store, versions }: Process): Promise<number> {
  const version = (await versions()).at(-1) ?? 0;
  await store.snapshots.save({ streamName: STREAM, revision: 1, version, eventId: 'e', state: {} });
  return version;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('The events from a snapshot on', () => {
  it.each([
    ['of commits of one event', [1, 1, 1], [1]],
    ['when the snapshot ends a commit of several', [3, 25], [2, 1]],
    ['when nothing came after it', [7], []],
  ])('are read by one query, %s', async (_, before, after) => {
    const table = new FakeTable();
    const writer = openOn(table);
    await append(writer, before);
    const version = await snapshot(writer);
    await append(writer, after);
    const reader = openOn(table);
    const loaded = await reader.store.snapshots.load(STREAM, 1);
    expect(loaded?.version).toBe(version);
    const last = version + after.reduce((sum, size) => sum + size, 0);
    expect(await reader.versions({ fromVersion: version })).toEqual(range(version, last));
    expect(reader.requests).toEqual(['getItem', 'query']);
  });

  it('are all there, whatever the snapshot says of the commit that it ends', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(
      sizes,
      sizes,
      fc.option(fc.integer({ min: 0, max: 60 })),
      fc.nat(60),
      fc.nat(20),
      tried,
    );
    async function tried(before: number[], after: number[], told: number | null, extent: number, limit: number) {
      const table = new FakeTable();
      const writer = openOn(table);
      await append(writer, before);
      const version = await snapshot(writer);
      await append(writer, after);
      const saved = table.items.get(keyText(snapshotKey(STREAM, 1)));
      if (saved && told !== null) saved['c'] = number(told);
      const reader = openOn(table);
      await reader.store.snapshots.load(STREAM, 1);
      const last = version + after.reduce((sum, size) => sum + size, 0);
      const toVersion = Math.min(version + extent, last);
      const read = await reader.versions({ fromVersion: version, toVersion, limit: limit + 1 });
      expect(read).toEqual(range(version, toVersion).slice(0, limit + 1));
    }
    await fc.assert(property, { numRuns: 300, seed: 20_261_128 });
  });
});
