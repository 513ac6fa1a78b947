import * as fc from 'fast-check';
import { ConsumerFixture } from '../consumer/testing/consumer-fixture.js';
import type { HandleMessage } from '../consumer/message-processor.js';
import { ACKNOWLEDGE } from '../core/outcome.js';
import type { MessageContext } from '../dispatch/message-context.js';
import { outcomeOfFailure } from '../dispatch/outcome-of-failure.js';
import { BatchFailedError } from '../errors/batch-failed.error.js';
import { BatchCollector, type BatchSettings } from './batch-collector.js';
import type { BatchContext, BatchFailure } from './batch-options.js';

jest.setTimeout(process.env['SOAK'] ? 600_000 : 20_000);

type Handler = (batch: readonly string[], context: BatchContext) => unknown;
const RETRY = { maxAttempts: 3, initialDelay: 100, maxDelay: 100, jitter: 'none' } as const;

/** A consumer whose handler takes batches, of message bodies. */
function open(handler: Handler, settings: Partial<BatchSettings> = {}, { fifo = false, concurrency = 1 } = {}) {
  const { size = 3, maxWait = 1_000 } = settings;
  const batches: string[][] = [];
  const collectors: BatchCollector[] = [];
  const handle: HandleMessage = async (message, signal, turn) => {
    const { messageId: id, groupId, receiveCount: attempt, body } = message;
    const context = { id, attempt, signal, ...(groupId !== undefined && { groupId }), queue: 'q', handler: 'h' };
    try {
      await collectors[0]?.add(body, context as unknown as MessageContext, turn);
      return ACKNOWLEDGE;
    } catch (error) {
      return outcomeOfFailure(error, attempt, RETRY, 'h');
    }
  };
  const fixture = new ConsumerFixture({
    fifo,
    handle,
    settings: { concurrency: size * concurrency, laneWidth: size, visibilityTimeout: 600 },
  });
  const invoke = async (data: unknown, context: unknown) => {
    batches.push([...(data as string[])]);
    return handler(data as string[], context as BatchContext);
  };
  const collector = new BatchCollector(invoke, { size, maxWait, concurrency }, fixture.clock);
  collectors.push(collector);
  return { fixture, batches, collector };
}

const failing = (context: BatchContext, index: number, why = 'refused'): BatchFailure => ({
  id: context.messages[index]?.id ?? '',
  error: new Error(why),
});

describe('a batch', () => {
  it('begins when it is full, or its first message has waited for so long', async () => {
    const { fixture, batches } = open(() => undefined);
    await fixture.start('a', 'b', 'c', 'd');
    expect(batches).toEqual([['a', 'b', 'c']]);
    await fixture.advance(999);
    expect(batches).toHaveLength(1);
    await fixture.advance(1);
    expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });

  it('keeps its messages from other consumers while it waits for more', async () => {
    const { fixture, batches } = open(() => undefined, { maxWait: 10_000 });
    await fixture.start('a');
    await fixture.run(9_000, 100);
    expect(fixture.queue.messages[0]?.receiveCount).toBe(1);
    await fixture.run(1_100, 100);
    expect(batches).toEqual([['a']]);
    await fixture.stop();
  });

  it.each([
    ['returns', (failures: BatchFailure[]) => failures],
    [
      'throws',
      (failures: BatchFailure[]) => {
        throw new BatchFailedError(failures);
      },
    ],
  ])('acknowledges all but those that the handler %s as failed; they come again, each alone', async (_, answer) => {
    const { fixture, batches } = open((batch, context) =>
      batch.length > 1 ? answer([failing(context, 0), failing(context, 2)]) : undefined,
    );
    await fixture.start('a', 'b', 'c');
    expect(fixture.left).toEqual(['a', 'c']);
    await fixture.run(300, 50);
    expect(batches).toEqual([['a', 'b', 'c'], ['a'], ['c']]);
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });

  it.each([
    ['throws something else', () => Promise.reject(new Error('away'))],
    ['names a message that is not in it', () => [{ id: 'nowhere', error: new Error('x') }]],
    ['answers what nobody understands', () => 'fine'],
  ])('fails as a whole when its handler %s, and one that always fails takes no others with it', async (_, answer) => {
    const { fixture, batches } = open((batch) => (batch.includes('poison') ? answer() : undefined));
    await fixture.start('a', 'poison', 'c');
    await fixture.run(1_000, 50);
    expect(batches.filter((batch) => batch.length > 1)).toEqual([['a', 'poison', 'c']]);
    expect(fixture.left).toEqual([]);
    expect(fixture.deadLetterQueue.messages.map(({ body }) => body)).toEqual(['poison']);
    await fixture.stop();
  });

  it.each([
    ['without order', 1, false],
    ['without order', 2, false],
    ['with order', 1, true],
    ['with order', 2, true],
  ])('has no more of them beside it than its concurrency says: %s, %i', async (_, concurrency, fifo) => {
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const { fixture, batches } = open(
      async () => {
        most = Math.max(most, (running += 1));
        await new Promise<void>((resolve) => ends.push(resolve));
        running -= 1;
        throw new Error('away');
      },
      { size: 4, maxWait: 100 },
      { concurrency, fifo },
    );
    await fixture.start(...Array.from({ length: 10 }, (__, index) => ({ body: `m${index}`, groupId: `g${index}` })));
    for (let each = 0; each < 300 && fixture.left.length > 0; each++) {
      await fixture.run(100, 50);
      ends.splice(0).forEach((end) => end());
    }
    expect(fixture.left).toEqual([]);
    // All of them, as a whole and twice alone.
    expect(batches.flat()).toHaveLength(30);
    expect(most).toBe(concurrency);
    await fixture.stop();
  });

  it("is not begun when its messages are others' by the time there is room for it", async () => {
    const ends: (() => void)[] = [];
    const { fixture, batches } = open(() => new Promise<void>((resolve) => ends.push(resolve)), {
      size: 2,
      maxWait: 100,
    });
    await fixture.start('a');
    await fixture.advance(100);
    fixture.queue.put('b');
    fixture.consumer.resume();
    await fixture.run(200, 50);
    expect(batches).toEqual([['a']]);
    const stopped = fixture.stop(0);
    await fixture.advance(0);
    ends.splice(0).forEach((end) => end());
    await stopped;
    expect(batches).toEqual([['a']]);
    expect(fixture.left).toEqual(['b']);
  });

  it('does not wait for more at a shutdown, and is handled before it ends', async () => {
    const { fixture, batches, collector } = open(() => undefined, { maxWait: 3_600_000 });
    await fixture.start('a', 'b');
    collector.hurry();
    await fixture.stop(10_000);
    expect(batches).toEqual([['a', 'b']]);
    expect(fixture.left).toEqual([]);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('is told when it should end for all its messages', async () => {
    const signals: AbortSignal[] = [];
    const { fixture } = open(
      (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
      { size: 2 },
    );
    await fixture.start('a', 'b');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await fixture.stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a batch of an ordered queue', () => {
  const put = (...ids: string[]) => ids.map((body) => ({ body, groupId: body.slice(0, 1) }));

  it('has several of one key, in order, and nothing of it runs beside it', async () => {
    const ends: (() => void)[] = [];
    const { fixture, batches } = open(
      () => new Promise<void>((resolve) => ends.push(resolve)),
      {},
      {
        fifo: true,
        concurrency: 2,
      },
    );
    await fixture.start(...put('x1', 'x2', 'x3', 'x4', 'y1'));
    await fixture.advance(1_000);
    expect(batches.flat().filter((body) => body.startsWith('x'))).toEqual(['x1', 'x2']);
    ends.splice(0).forEach((end) => end());
    await fixture.run(2_000, 50);
    ends.splice(0).forEach((end) => end());
    await fixture.run(2_000, 50);
    expect(batches.flat().filter((body) => body.startsWith('x'))).toEqual(['x1', 'x2', 'x3', 'x4']);
    expect(batches.length).toBeLessThanOrEqual(3);
    ends.forEach((end) => end());
    await fixture.stop(1_000);
  });

  it('holds back what stands behind a failed one of its key, without an attempt', async () => {
    let failed = false;
    const { fixture, batches } = open(
      (batch, context) => {
        if (failed) return undefined;
        failed = true;
        return [failing(context, batch.indexOf('x2'))];
      },
      { size: 4 },
      { fifo: true },
    );
    await fixture.start(...put('x1', 'x2', 'x3', 'y1'));
    expect(fixture.left).toEqual(['x2', 'x3']);
    await fixture.run(3_000, 50);
    expect(batches.map((batch) => batch.toSorted())).toEqual([['x1', 'x2', 'x3', 'y1'], ['x2'], ['x3']]);
    expect(fixture.consumer.counters).toMatchObject({ acknowledged: 4, retried: 1, released: 1 });
    await fixture.stop();
  });

  it('loses, repeats and reorders nothing, whatever fails how often', async () => {
    const message = fc.record({ group: fc.constantFrom('x', 'y', 'z'), failures: fc.constantFrom(0, 0, 0, 1, 2, 9) });
    const shape = fc.record({ size: fc.integer({ min: 1, max: 6 }), concurrency: fc.integer({ min: 1, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 25 }), shape, async (messages, { size, concurrency }) => {
        const done: string[] = [];
        const left = new Map<string, number>(messages.map(({ failures }, index) => [String(index), failures]));
        const groupOf = (body: string) => messages[Number(body)]?.group;
        /** As it is to be written: in order, and nothing of a key after a failure. */
        const handler: Handler = (batch, context) => {
          const failures: BatchFailure[] = [];
          const stopped = new Set<string | undefined>();
          batch.forEach((body, index) => {
            if (stopped.has(groupOf(body))) return;
            const failuresLeft = left.get(body) ?? 0;
            if (failuresLeft === 0) return void done.push(body);
            left.set(body, failuresLeft - 1);
            stopped.add(groupOf(body));
            failures.push(failing(context, index));
          });
          return failures;
        };
        const { fixture } = open(handler, { size, maxWait: 50 }, { fifo: true, concurrency });
        await fixture.start(...messages.map(({ group }, index) => ({ body: String(index), groupId: group })));
        for (let each = 0; each < 400 && fixture.left.length > 0; each++) await fixture.run(50, 25);
        await fixture.stop();
        expect(fixture.left).toEqual([]);
        const dead = fixture.deadLetterQueue.messages.map(({ body }) => body);
        for (const group of ['x', 'y', 'z']) {
          const sent = messages.flatMap((each, index) => (each.group === group ? [String(index)] : []));
          expect(done.filter((body) => groupOf(body) === group)).toEqual(sent.filter((body) => !dead.includes(body)));
        }
        expect(dead.toSorted()).toEqual(
          messages.flatMap(({ failures }, index) => (failures >= RETRY.maxAttempts ? [String(index)] : [])).toSorted(),
        );
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 3_000 : 100 },
    );
  });
});
