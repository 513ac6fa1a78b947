import assert from 'node:assert/strict';
import type { EventEnvelope } from '../core/event-store.js';
import { isInlineHost } from '../projections/inline-read-model.js';
import { On, type ProjectionContext } from '../projections/on.decorator.js';
import { Projection, type ProjectionOptions } from '../projections/projection.decorator.js';
import { Projections } from '../projections/projections.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import type { ContractFramework } from './contract-framework.js';
import { codeOf, event, message, type EventStoreFactory, type EventStoreUnderTest } from './event-store-under-test.js';

interface Summary {
  readonly placed: number;
  readonly events: number;
  readonly madeBy: string;
}

type Options = Partial<ProjectionOptions<Summary>> & { readonly gate?: (event: EventEnvelope) => unknown };

/** A projection as a service of some version would have it. */
function makeProjection(madeBy: string, { gate, ...options }: Options = {}): object {
  class OrderSummary {
    placed(_data: unknown, context: ProjectionContext<Summary>): unknown {
      return this.take(context);
    }

    take({ envelope, documents }: ProjectionContext<Summary>): unknown {
      const wait = gate?.(envelope);
      const count = () =>
        documents.update(envelope.streamName, (known) => ({
          placed: known?.placed ?? envelope.position,
          events: (known?.events ?? 0) + 1,
          madeBy,
        }));
      return wait instanceof Promise ? wait.then(count) : count();
    }
  }
  const { prototype } = OrderSummary;
  On<unknown>('placed')(prototype, 'placed', { value: prototype.placed });
  Projection<Summary>({
    name: 'summary',
    leaseDuration: 5000,
    lists: ({ placed }) => ({ all: placed }),
    retry: { maxAttempts: 1 },
    ...options,
  })(OrderSummary);
  return new OrderSummary();
}

function openProcess({ store, checkpoints, clock }: EventStoreUnderTest, instance: object) {
  const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
  const projections = new Projections({ store, checkpoints, subscriptions, clock, upcast: (one) => [one] });
  projections.add(instance);
  const model = projections.readModel<Summary>('summary');
  return {
    projections,
    model,
    start: async () => {
      subscriptions.start();
      await projections.start();
    },
    madeBy: async () => (await model.get('o-1'))?.madeBy,
    close: async () => {
      await projections.close();
      await subscriptions.close();
    },
  };
}

/** Runs the clock while something is waited for. */
async function driven<Result>(parts: EventStoreUnderTest, work: Promise<Result>): Promise<Result> {
  const progress = { ended: false };
  work.then(
    () => (progress.ended = true),
    () => (progress.ended = true),
  );
  while (!progress.ended) await parts.advance(50);
  return work;
}

async function until(parts: EventStoreUnderTest, holds: () => Promise<boolean>): Promise<void> {
  for (let rounds = 0; rounds < 400; rounds += 1) {
    if (await holds()) return;
    await parts.advance(100);
  }
  throw new Error('It did not happen in time.');
}

/** Read models that follow the feed, or each commit. */
export function describeProjections({ it }: ContractFramework, create: EventStoreFactory): void {
  const using = (work: (parts: EventStoreUnderTest) => Promise<void>) => async () => {
    const parts = await create();
    try {
      await work(parts);
    } finally {
      await parts.close();
    }
  };
  const place = async ({ store }: EventStoreUnderTest, streamName: string) => {
    const { nextExpectedVersion: version } = await store.appendToStream(streamName, [event('placed')]);
    return { streamName, version };
  };

  it(
    'shows what was written to whoever has waited for it, in its lists too',
    using(async (parts) => {
      const process = openProcess(parts, makeProjection('v1'));
      await driven(parts, process.start());
      await place(parts, 'o-1');
      await parts.store.appendToStream('o-1', [event('of another kind')]);
      await place(parts, 'o-2');
      const last = await place(parts, 'o-1');
      await driven(parts, process.projections.waitForProjection('summary', last));
      assert.equal((await process.model.get('o-1'))?.events, 2);
      assert.equal(await process.model.get('o-3'), undefined);
      const first = await process.model.list('all', { limit: 1 });
      assert.deepEqual(
        first.documents.map(({ key }) => key),
        ['o-1'],
      );
      const second = await process.model.list('all', { limit: 5, ...(first.next && { after: first.next }) });
      assert.deepEqual([second.documents.map(({ key }) => key), second.next], [['o-2'], undefined]);
      const end = await parts.store.lastPosition();
      await driven(parts, process.projections.waitForProjection('summary', end));
      // On DynamoDB such a commit takes a position too.
      await parts.store.commit({ appends: [], messages: [message('m-1')] });
      await driven(parts, process.projections.waitForProjection('summary', await parts.store.lastPosition()));
      await process.close();
    }),
  );

  it(
    'tells whoever waits too long, and who asks for a projection that is not there',
    using(async (parts) => {
      const process = openProcess(parts, makeProjection('v1'));
      await driven(parts, process.start());
      const waiting = process.projections.waitForProjection(
        'summary',
        { streamName: 'o-1', version: 1 },
        { timeout: 200 },
      );
      assert.equal(await driven(parts, codeOf(waiting)), 'LC_PROJECTION_TIMEOUT');
      await assert.rejects(async () => process.projections.waitForProjection('other', 1), {
        code: 'LC_UNKNOWN_PROJECTION',
      });
      await process.close();
    }),
  );

  it(
    'refuses a page of no size, which one that comes from a request may be',
    using(async (parts) => {
      const process = openProcess(parts, makeProjection('v1'));
      await driven(parts, process.start());
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        assert.equal(await codeOf(process.model.list('all', { limit })), 'LC_INVALID_OPTIONS');
      }
      const after = { place: Number.NaN, key: 'o-1' };
      assert.equal(await codeOf(process.model.list('all', { after })), 'LC_INVALID_OPTIONS');
      await process.close();
    }),
  );

  it(
    'is built anew while the old build serves, replaces it once it has caught up, and removes it later',
    using(async (parts) => {
      let open = (): void => undefined;
      let gate: Promise<void> | undefined;
      const first = openProcess(parts, makeProjection('v1'));
      await driven(parts, first.start());
      await driven(parts, first.projections.waitForProjection('summary', await place(parts, 'o-1')));
      gate = new Promise((resolve) => (open = resolve));
      const second = openProcess(parts, makeProjection('v2', { version: 2, gate: () => gate }));
      await driven(parts, second.start());
      await until(parts, async () => (await second.projections.status('summary')).building !== undefined);
      // The old one is read, and goes on.
      await driven(parts, first.projections.waitForProjection('summary', await place(parts, 'o-2')));
      assert.equal(await second.madeBy(), 'v1');
      assert.equal((await second.model.get('o-2'))?.madeBy, 'v1');
      open();
      await until(parts, async () => (await second.projections.status('summary')).live?.version === 2);
      assert.equal(await first.madeBy(), 'v2');
      assert.deepEqual(
        (await second.model.list('all')).documents.map(({ key }) => key),
        ['o-1', 'o-2'],
      );
      assert.equal((await second.projections.status('summary')).building, undefined);
      const old = async () => (await parts.checkpoints.documents.getAll('summary@1.0', ['o-1'])).size;
      assert.equal(await old(), 1);
      await parts.advance(70_000);
      await until(parts, async () => (await old()) === 0);
      await until(parts, async () => (await parts.checkpoints.read('summary@1.0')) === undefined);
      // A process of the old version changes nothing any more, and does not bring it back.
      await driven(parts, second.projections.waitForProjection('summary', await place(parts, 'o-3')));
      await parts.advance(5000);
      assert.equal((await first.model.get('o-3'))?.madeBy, 'v2');
      assert.equal(await parts.checkpoints.read('summary@1.0'), undefined);
      await Promise.all([first.close(), second.close()]);
    }),
  );

  it(
    'goes on with a rebuild where a process has ended in it',
    using(async (parts) => {
      for (const stream of ['o-1', 'o-2', 'o-3', 'o-4']) await place(parts, stream);
      const handled: string[] = [];
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const make = () =>
        makeProjection('v1', {
          batchSize: 1,
          gate: ({ streamName }) => {
            handled.push(streamName);
            return streamName === 'o-3' && handled.filter((one) => one === 'o-3').length === 2 ? gate : undefined;
          },
        });
      const first = openProcess(parts, make());
      await driven(parts, first.start());
      await driven(parts, first.projections.waitForProjection('summary', { streamName: 'o-4', version: 1 }));
      await first.projections.rebuild('summary');
      await until(parts, async () => handled.length === 7);
      const closing = first.close();
      open();
      await driven(parts, closing);
      const before = handled.length;
      const second = openProcess(parts, make());
      await driven(parts, second.start());
      await until(parts, async () => (await second.projections.status('summary')).live?.run === 1);
      assert.deepEqual(
        handled.slice(before).filter((one) => one < 'o-3'),
        [],
      );
      assert.deepEqual((await second.model.get('o-4'))?.events, 1);
      assert.equal((await second.model.list('all')).documents.length, 4);
      await second.close();
    }),
  );

  it(
    'keeps serving when a rebuild is cancelled, and does not begin it again by itself',
    using(async (parts) => {
      await place(parts, 'o-1');
      const first = openProcess(parts, makeProjection('v1'));
      await driven(parts, first.start());
      await driven(parts, first.projections.waitForProjection('summary', { streamName: 'o-1', version: 1 }));
      await driven(parts, first.close());
      const open: (() => void)[] = [];
      const gate = () => new Promise<void>((resolve) => open.push(resolve));
      const second = openProcess(parts, makeProjection('v2', { version: 2, gate }));
      await driven(parts, second.start());
      await until(parts, async () => open.length > 0);
      const cancelling = second.projections.cancelRebuild('summary');
      await until(parts, async () => (await second.projections.status('summary')).building === undefined);
      for (const resolve of open) resolve();
      await driven(parts, cancelling);
      assert.deepEqual(Object.keys(await second.projections.status('summary')), ['live']);
      assert.equal(await second.madeBy(), 'v1');
      await driven(parts, second.close());
      const third = openProcess(parts, makeProjection('v2', { version: 2 }));
      await driven(parts, third.start());
      await parts.advance(3000);
      assert.equal((await third.projections.status('summary')).live?.version, 1);
      await driven(parts, third.projections.rebuild('summary'));
      await until(parts, async () => (await third.projections.status('summary')).live?.version === 2);
      await third.close();
    }),
  );

  it(
    'parks what its handler refuses, and takes it in when that is mended',
    using(async (parts) => {
      let broken = true;
      const gate = ({ streamName }: EventEnvelope) => {
        if (broken && streamName === 'o-1') throw new Error('no');
      };
      const process = openProcess(parts, makeProjection('v1', { gate }));
      await driven(parts, process.start());
      await place(parts, 'o-1');
      await driven(parts, process.projections.waitForProjection('summary', await place(parts, 'o-2')));
      assert.deepEqual(
        (await process.projections.parked('summary')).map(({ reason }) => reason),
        ['Error: no'],
      );
      assert.equal((await process.projections.status('summary')).live?.lag.parked, 1);
      broken = false;
      assert.equal(await process.projections.replayParked('summary'), 1);
      await until(parts, async () => (await process.model.get('o-1'))?.events === 1);
      assert.deepEqual(await process.projections.parked('summary'), []);
      await process.close();
    }),
  );

  it(
    'changes with each commit when it is inline, or is refused at start',
    using(async (parts) => {
      const refuse = ({ streamName }: EventEnvelope) => {
        if (streamName === 'bad-1') throw new Error('not so');
        return undefined;
      };
      const make = (version: number) => makeProjection(`v${version}`, { mode: 'inline', version, gate: refuse });
      if (!isInlineHost(parts.store)) {
        assert.throws(() => openProcess(parts, make(1)), { code: 'LC_INVALID_OPTIONS' });
        return;
      }
      await place(parts, 'o-1');
      const process = openProcess(parts, make(1));
      await driven(parts, process.start());
      await place(parts, 'o-1');
      assert.equal((await process.model.get('o-1'))?.events, 2);
      const commit = { appends: ['o-2', 'bad-1'].map((streamName) => ({ streamName, events: [event('placed')] })) };
      await assert.rejects(parts.store.commit(commit), { message: 'not so' });
      assert.equal(await process.model.get('o-2'), undefined);
      assert.equal(await parts.store.lastPosition(), 2);
      await process.projections.waitForProjection('summary', 2);
      const next = openProcess(parts, make(2));
      await driven(parts, next.start());
      assert.deepEqual(await next.model.get('o-1'), { placed: 1, events: 2, madeBy: 'v2' });
      // What version 1 made goes when no process reads it any more.
      const old = async () => (await parts.checkpoints.documents.getAll('summary@1.0', ['o-1'])).size;
      assert.equal(await old(), 1);
      await parts.advance(70_000);
      await until(parts, async () => (await old()) === 0);
      // The process of version 1 is still up, and does not make it again.
      await place(parts, 'o-1');
      assert.equal(await old(), 0);
      assert.deepEqual(await process.model.get('o-1'), { placed: 1, events: 3, madeBy: 'v2' });
      await Promise.all([process.close(), next.close()]);
    }),
  );

  it(
    'refuses a handler of an inline projection that is asynchronous',
    using(async (parts) => {
      if (!isInlineHost(parts.store)) return;
      const process = openProcess(parts, makeProjection('v1', { mode: 'inline', gate: async () => undefined }));
      await driven(parts, process.start());
      await assert.rejects(place(parts, 'o-1'), /is inline, so nothing in it can be awaited/);
      assert.equal(await parts.store.lastPosition(), 0);
      await process.close();
    }),
  );
}
