import assert from 'node:assert/strict';
import type { EventEnvelope } from '../core/event-store.js';
import type { PersistentSubscriptionOptions } from '../subscriptions/subscription-options.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import type { DocumentTarget } from '../subscriptions/document-batch.js';
import type { SubscriptionHandler } from '../subscriptions/subscription-parts.js';
import { Discard } from '../../messaging/index.js';
import type { ContractFramework } from './contract-framework.js';
import { event, type EventStoreFactory, type EventStoreUnderTest } from './event-store-under-test.js';

const LEASE = 5000;
const NAME = 'readers';
const DEFAULTS = {
  name: NAME,
  leaseDuration: LEASE,
  retry: { maxAttempts: 3, initialDelay: 10, jitter: 'none' },
} as const;

const label = ({ streamName, version }: EventEnvelope): string => `${streamName}@${version}`;

/** One process that subscribes. */
function openProcess({ store, checkpoints, clock }: EventStoreUnderTest) {
  const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
  subscriptions.start();
  const seen: string[] = [];
  return {
    seen,
    subscriptions,
    subscribe: (
      handler: SubscriptionHandler = () => undefined,
      options: Partial<PersistentSubscriptionOptions> = {},
      documents?: DocumentTarget,
    ) =>
      subscriptions.subscribe(
        { ...DEFAULTS, ...options },
        async (one, context) => {
          await handler(one, context);
          seen.push(label(one));
        },
        documents && { documents },
      ),
    close: () => subscriptions.close(),
  };
}

async function until(parts: EventStoreUnderTest, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let rounds = 0; rounds < 400; rounds += 1) {
    if (await holds()) return;
    await parts.advance(50);
  }
  throw new Error('It did not happen in time.');
}

/** Named readers of the feed. */
export function describePersistentSubscriptions({ it }: ContractFramework, create: EventStoreFactory): void {
  const using = (work: (parts: EventStoreUnderTest) => Promise<void>) => async () => {
    const parts = await create();
    try {
      await work(parts);
    } finally {
      await parts.close();
    }
  };
  const appendTo = ({ store }: EventStoreUnderTest, ...streams: string[]) =>
    streams.reduce<Promise<unknown>>(
      (before, streamName) => before.then(() => store.appendToStream(streamName, [event('x')])),
      Promise.resolve(),
    );

  it(
    'catches up, goes on live, and where another process has ended',
    using(async (parts) => {
      await appendTo(parts, 'a-1', 'b-1', 'a-1');
      const first = openProcess(parts);
      first.subscribe();
      await until(parts, () => first.seen.length === 3);
      await appendTo(parts, 'b-1');
      await until(parts, () => first.seen.length === 4);
      await first.close();
      await appendTo(parts, 'a-1');
      const second = openProcess(parts);
      const subscription = second.subscribe();
      await until(parts, () => second.seen.length > 0);
      assert.deepEqual([...first.seen, ...second.seen], ['a-1@1', 'b-1@1', 'a-1@2', 'b-1@2', 'a-1@3']);
      await until(parts, async () => (await subscription.lag()).positions === 0);
      await second.close();
    }),
  );

  it(
    'begins at the end, or after a position, where it is told to',
    using(async (parts) => {
      await appendTo(parts, 'a-1', 'a-1');
      const process = openProcess(parts);
      const subscription = process.subscribe(() => undefined, { from: 'end', name: 'late' });
      await until(parts, async () => (await parts.checkpoints.read('late')) !== undefined);
      await appendTo(parts, 'a-1');
      await until(parts, () => process.seen.length > 0);
      assert.deepEqual(process.seen, ['a-1@3']);
      assert.equal(subscription.name, 'late');
      const { position = 0 } = (await parts.checkpoints.read('late')) ?? {};
      const other = openProcess(parts);
      other.subscribe(() => undefined, { from: position - 1, name: 'after' });
      await until(parts, () => other.seen.length > 0);
      assert.deepEqual(other.seen, ['a-1@3']);
      await Promise.all([process.close(), other.close()]);
    }),
  );

  it(
    'is held by one process at a time; another takes over when it ends',
    using(async (parts) => {
      const first = openProcess(parts);
      first.subscribe();
      await appendTo(parts, 'a-1');
      await until(parts, () => first.seen.length === 1);
      const second = openProcess(parts);
      second.subscribe();
      await appendTo(parts, 'a-1', 'a-1');
      await until(parts, () => first.seen.length === 3);
      assert.deepEqual(second.seen, []);
      await first.close();
      await appendTo(parts, 'a-1');
      await until(parts, () => second.seen.length === 1);
      assert.deepEqual(second.seen, ['a-1@4']);
      await second.close();
    }),
  );

  it(
    'writes nothing more for a process that was suspended past its lease',
    using(async (parts) => {
      const { checkpoints } = parts;
      await appendTo(parts, 'a-1', 'a-1');
      // A handler that hangs in a process whose timers do not fire, as when it is suspended.
      let resume = (): void => undefined;
      const frozen = new Promise<void>((resolve) => (resume = resolve));
      const suspended = {
        ...parts,
        checkpoints: Object.create(checkpoints, { renew: { value: () => new Promise(() => undefined) } }),
      };
      const first = openProcess(suspended);
      const target = { collection: 'c' };
      first.subscribe(
        async (one, { documents }) => {
          documents.put(label(one), 'first');
          await frozen;
        },
        {},
        target,
      );
      await until(parts, async () => (await checkpoints.read(NAME)) !== undefined);
      const second = openProcess(parts);
      second.subscribe((one, { documents }) => documents.put(label(one), 'second'), {}, target);
      await parts.advance(LEASE + 1000);
      await until(parts, () => second.seen.length === 2);
      resume();
      await parts.advance(100);
      const stored = await checkpoints.documents.getAll('c', ['a-1@1', 'a-1@2']);
      assert.deepEqual(
        [...stored.values()].map(({ value }) => value),
        ['second', 'second'],
      );
      await Promise.all([first.close(), second.close()]);
    }),
  );

  it(
    'parks an event whose document is too large for the store, instead of standing still',
    using(async (parts) => {
      await appendTo(parts, 'a-1', 'b-1');
      const process = openProcess(parts);
      const subscription = process.subscribe(
        ({ streamName }, { documents }) => documents.put(streamName, 'x'.repeat(streamName === 'a-1' ? 420_000 : 1)),
        {},
        { collection: 'c' },
      );
      await until(parts, async () => (await parts.checkpoints.documents.getAll('c', ['b-1'])).size === 1);
      // In memory and on SQLite there is room for it.
      const isStored = (await parts.checkpoints.documents.getAll('c', ['a-1'])).size === 1;
      assert.equal((await subscription.parked()).length, isStored ? 0 : 1);
      await process.close();
    }),
  );

  it(
    'discards one part of an event that was split, not the parts after it',
    using(async (parts) => {
      await appendTo(parts, 'a-1');
      const { store, checkpoints, clock } = parts;
      const upcast = (one: EventEnvelope) => ['x', 'y'].map((type) => ({ ...one, type }));
      const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock, upcast });
      subscriptions.start();
      const seen: string[] = [];
      subscriptions.subscribe(
        DEFAULTS,
        ({ type }, { documents }) => {
          seen.push(type);
          documents.put(type, 1);
          if (type === 'x') throw new Discard('not for us');
        },
        { documents: { collection: 'c' } },
      );
      await until(parts, async () => (await checkpoints.read(NAME))?.position === (await store.lastPosition()));
      assert.deepEqual(seen, ['x', 'y']);
      assert.deepEqual([...(await checkpoints.documents.getAll('c', ['x', 'y'])).keys()], ['y']);
      await subscriptions.close();
    }),
  );

  it(
    'tries a failing handler again, then parks its event and those behind it in the stream, and goes on with others',
    using(async (parts) => {
      await appendTo(parts, 'a-1', 'b-1', 'a-1', 'b-1');
      const process = openProcess(parts);
      const attempts: number[] = [];
      const told: string[] = [];
      process.subscriptions.onParked((one, error) => told.push(`${label(one)}: ${String(error)}`));
      let broken = true;
      const subscription = process.subscribe((one, { attempt }) => {
        if (label(one) !== 'a-1@1' || !broken) return;
        attempts.push(attempt);
        throw new Error('no');
      });
      await until(parts, () => process.seen.length === 2);
      assert.deepEqual(attempts, [1, 2, 3]);
      assert.deepEqual(process.seen, ['b-1@1', 'b-1@2']);
      assert.deepEqual(told, ['a-1@1: Error: no']);
      await until(parts, async () => (await subscription.lag()).positions === 0);
      const parked = await subscription.parked();
      assert.deepEqual(
        parked.map(({ streamName, version, reason }) => [streamName, version, reason]),
        [
          ['a-1', 1, 'Error: no'],
          ['a-1', 2, 'An earlier event of "a-1" is parked.'],
        ],
      );
      assert.equal((await subscription.lag()).parked, 2);
      assert.equal(await subscription.replayParked('a-1'), 2);
      await parts.advance(LEASE);
      await until(parts, async () => (await subscription.parked()).every(({ due }) => !due));
      assert.deepEqual(process.seen, ['b-1@1', 'b-1@2']);
      broken = false;
      await subscription.replayParked();
      await until(parts, async () => (await subscription.parked()).length === 0);
      await appendTo(parts, 'a-1');
      await until(parts, () => process.seen.length === 5);
      assert.deepEqual(process.seen.slice(2), ['a-1@1', 'a-1@2', 'a-1@3']);
      await process.close();
    }),
  );

  it(
    'changes a read model once for each event, whatever is handled twice',
    using(async (parts) => {
      await appendTo(parts, 'a-1', 'a-1', 'b-1', 'a-1');
      const process = openProcess(parts);
      let failures = 2;
      process.subscribe(
        async (one, { documents }) => {
          documents.update('sum', (count) => ((count as number | undefined) ?? 0) + 1);
          documents.put(one.streamName, { last: one.version, before: await documents.get('sum') });
          if (one.streamName === 'b-1' && failures-- > 0) throw new Error('once more');
        },
        {},
        { collection: 'c' },
      );
      const sum = async () => (await parts.checkpoints.documents.getAll('c', ['sum'])).get('sum')?.value;
      await until(parts, async () => (await sum()) === 4);
      const stored = await parts.checkpoints.documents.getAll('c', ['a-1', 'b-1']);
      assert.deepEqual(stored.get('a-1')?.value, { last: 3, before: 4 });
      assert.deepEqual(stored.get('b-1')?.value, { last: 1, before: 3 });
      await process.close();
    }),
  );

  it(
    'keeps the order of each stream in every partition, in several processes',
    using(async (parts) => {
      const streams = ['a-1', 'b-1', 'c-1', 'd-1', 'e-1'];
      await appendTo(parts, ...streams, ...streams, ...streams);
      const processes = [openProcess(parts), openProcess(parts)];
      for (const process of processes) process.subscribe(() => undefined, { partitions: 3 });
      const seen = () => processes.flatMap((process) => process.seen);
      await until(parts, () => seen().length === 15);
      for (const stream of streams) {
        const versions = seen().filter((one) => one.startsWith(stream));
        assert.deepEqual(versions, [`${stream}@1`, `${stream}@2`, `${stream}@3`]);
      }
      await Promise.all(processes.map((process) => process.close()));
    }),
  );

  it(
    'says how far it is behind',
    using(async (parts) => {
      await appendTo(parts, 'a-1', 'a-1');
      await parts.advance(1000);
      const process = openProcess(parts);
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const subscription = process.subscribe(() => gate);
      const lag = await subscription.lag();
      assert.equal(lag.positions, 2);
      assert.ok(lag.behindMs >= 1000);
      open();
      await until(parts, () => process.seen.length === 2);
      await until(parts, async () => (await subscription.lag()).positions === 0);
      assert.equal((await subscription.lag()).behindMs, 0);
      await process.close();
    }),
  );
}
