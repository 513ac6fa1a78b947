import type { VisibilityChange } from '../core/message-queue.js';
import type { Outcome } from '../core/outcome.js';
import { ConsumerFixture } from './testing/consumer-fixture.js';

const retry = (delay: number): Outcome => ({ action: 'retry', delay, error: new Error('not now') });

/** `a1` is the first message of group `a`. */
const inGroups = (...names: string[]) =>
  names.map((body) => ({ body, groupId: body.slice(0, 1), deduplicationId: `d-${body}` }));

describe('a FIFO queue', () => {
  it('has one message of a group run at a time, in order, and groups side by side', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2', 'b1', 'a3', 'b2'));
    expect(fixture.runningBodies).toEqual(['a1', 'b1']);
    await fixture.end('b1');
    expect(fixture.runningBodies).toEqual(['a1', 'b2']);
    await fixture.end('a1');
    expect(fixture.runningBodies).toEqual(['b2', 'a2']);
    await fixture.end('a2');
    await fixture.end('a3');
    expect(fixture.left).toEqual(['b2']);
    await fixture.stop();
  });

  it('has messages without a group run one after another as well', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start('m1', 'm2');
    expect(fixture.runningBodies).toEqual(['m1']);
    await fixture.stop();
  });

  it('deletes each message, and waits for that, before the next of its group runs', async () => {
    const fixture = new ConsumerFixture({ fifo: true, settings: { acknowledgeLinger: 10_000 } });
    let answer: () => void = () => undefined;
    fixture.queue.hooks.before = (operation) =>
      operation === 'delete' ? new Promise((resolve) => (answer = resolve)) : undefined;
    await fixture.start(...inGroups('a1', 'a2'));
    await fixture.end('a1');
    expect(fixture.queue.callsOf('delete')).toEqual([['orders.fifo-1#1']]);
    expect(fixture.runningBodies).toEqual([]);
    answer();
    await fixture.settle();
    expect(fixture.runningBodies).toEqual(['a2']);
    await fixture.end('a2');
    answer();
    await fixture.stop();
  });

  it('hands the rest of a group back unrun when one fails, after that one has its backoff', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2', 'a3', 'b1'));
    await fixture.end('a1', retry(5_000));
    expect(fixture.queue.callsOf('changeVisibility')).toEqual([
      [{ receiptHandle: 'orders.fifo-1#1', timeout: 5_000 }],
      [
        { receiptHandle: 'orders.fifo-2#1', timeout: 0, unhandled: true },
        { receiptHandle: 'orders.fifo-3#1', timeout: 0, unhandled: true },
      ],
    ]);
    expect(fixture.consumer.counters).toMatchObject({ retried: 1, released: 2 });
    expect(fixture.started).toEqual(['a1', 'b1']);
    await fixture.run(5_500, 500);
    expect(fixture.runningBodies).toEqual(['b1', 'a1']);
    for (const body of ['a1', 'a2', 'a3', 'b1']) await fixture.end(body);
    expect(fixture.started).toEqual(['a1', 'b1', 'a1', 'a2', 'a3']);
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });

  it('costs the rest of a group no attempt, however often its first message fails', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2'));
    for (let failure = 1; failure <= 5; failure += 1) {
      expect(fixture.running.get('a1')?.message.receiveCount).toBe(failure);
      await fixture.end('a1', retry(100));
      await fixture.run(200, 50);
    }
    await fixture.end('a1');
    expect(fixture.running.get('a2')?.message.receiveCount).toBe(1);
    await fixture.end('a2', retry(100));
    await fixture.run(200, 50);
    expect(fixture.running.get('a2')?.message.receiveCount).toBe(2);
    await fixture.stop();
  });

  it('never acknowledges a message that did not run (AWSM#174)', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2', 'a3'));
    await fixture.end('a1', retry(600_000));
    await fixture.run(60_000, 1_000);
    expect(fixture.queue.callsOf('delete')).toEqual([]);
    expect(fixture.left).toEqual(['a1', 'a2', 'a3']);
    expect(fixture.queue.messages.slice(1).every((message) => !fixture.queue.isInFlight(message))).toBe(true);
    await fixture.stop();
  });

  it('goes on with the group once a message of it was given up', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2'));
    await fixture.end('a1', { action: 'deadLetter', error: new Error('no') });
    expect(fixture.runningBodies).toEqual(['a2']);
    expect(fixture.deadLetterQueue.messages).toMatchObject([{ body: 'a1', groupId: 'a' }]);
    await fixture.stop();
  });

  it('stops the group when a message could not be given up', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    fixture.deadLetterQueue.hooks.before = () => {
      throw new Error('down');
    };
    await fixture.start(...inGroups('a1', 'a2'));
    await fixture.end('a1', { action: 'deadLetter', error: new Error('no') });
    expect(fixture.started).toEqual(['a1']);
    expect(fixture.left).toEqual(['a1', 'a2']);
    await fixture.stop();
  });

  it('keeps given-up messages apart that share a deduplication id, and one from being moved twice', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(
      { body: 'a1', groupId: 'a', deduplicationId: 'same' },
      { body: 'b1', groupId: 'b', deduplicationId: 'same' },
    );
    for (const body of ['a1', 'b1']) await fixture.end(body, { action: 'deadLetter', error: new Error('no') });
    const ids = fixture.deadLetterQueue.messages.map(({ deduplicationId }) => deduplicationId);
    expect(ids).toEqual(['orders.fifo-1-0', 'orders.fifo-2-0']);
    await fixture.stop();
  });

  it('does not run the rest of a group after one was lost', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2'));
    fixture.queue.expireReceipt('a1');
    await fixture.run(21_000, 1_000);
    expect(fixture.running.get('a1')?.signal.aborted).toBe(true);
    expect(fixture.runningBodies).toEqual(['a1']);
    await fixture.end('a1');
    expect(fixture.started).toEqual(['a1']);
    expect(fixture.queue.find('a2')).toMatchObject({ receipt: undefined });
    await fixture.stop();
  });

  it('does not run the rest of a group when one that succeeded could not be deleted', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2'));
    fixture.queue.expireReceipt('a1');
    await fixture.end('a1');
    expect(fixture.started).toEqual(['a1']);
    expect(fixture.consumer.counters).toMatchObject({ acknowledged: 0, released: 1 });
    await fixture.stop();
  });

  it('does not run a message whose visibility ran out while it waited', async () => {
    const fixture = new ConsumerFixture({ fifo: true, settings: { heartbeat: false, concurrency: 2 } });
    await fixture.start(...inGroups('a1', 'a2'));
    await fixture.run(20_000, 1_000);
    fixture.queue.hooks.after = (operation) =>
      operation === 'delete' ? new Promise((resolve) => fixture.clock.setTimer(resolve, 15_000)) : undefined;
    fixture.queue.hooks.before = (operation) => (operation === 'receive' ? new Promise(() => undefined) : undefined);
    await fixture.end('a1');
    await fixture.run(16_000, 500);
    expect(fixture.left).toEqual(['a2']);
    expect(fixture.started).toEqual(['a1']);
    expect(fixture.consumer.counters.lost).toBe(1);
    await fixture.stop();
  });

  it('lets other groups go on beside a slow one, and keeps hidden what waits in it', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    const slow = Array.from({ length: 10 }, (_, index) => `s${index}`);
    await fixture.start(...inGroups(...slow));
    expect(fixture.consumer.inFlight).toBe(10);
    fixture.queue.put(...inGroups('f1'));
    await fixture.settle();
    expect(fixture.runningBodies).toEqual(['s0', 'f1']);
    await fixture.run(60_000, 1_000);
    expect(fixture.queue.messages.every((message) => message.receiveCount === 1)).toBe(true);
    expect(fixture.consumer.counters).toMatchObject({ received: 11, lost: 0 });
    await fixture.stop();
  });

  it('runs no more groups at once than its concurrency, and takes up the next when one is through', async () => {
    const fixture = new ConsumerFixture({ fifo: true, settings: { concurrency: 2 } });
    await fixture.start(...inGroups('a1', 'a2', 'b1', 'b2', 'c1'));
    for (let left = 5; left > 0; left -= 1) {
      await fixture.end(fixture.runningBodies[0] as string);
      await fixture.run(200, 20);
    }
    expect(fixture.mostAtOnce).toBe(2);
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });

  it('holds a bounded number of messages when those of a slow group come again and again', async () => {
    const settings = { concurrency: 2, maxReceiveBatch: 3, heartbeat: false, visibilityTimeout: 1_000 };
    const fixture = new ConsumerFixture({ fifo: true, settings });
    await fixture.start(...inGroups('a1', 'a2', 'a3'));
    await fixture.run(30_000, 100);
    expect(fixture.runningBodies).toEqual(['a1']);
    expect(fixture.consumer.inFlight).toBe(6);
    await fixture.stop();
  });

  it('stops without waiting for the rest of a group when an acknowledgement hangs', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    fixture.queue.hooks.before = (operation) => (operation === 'delete' ? new Promise(() => undefined) : undefined);
    await fixture.start(...inGroups('a1', 'a2'));
    await fixture.end('a1');
    const startedAt = fixture.clock.monotonic();
    await fixture.stop(25_000);
    expect(fixture.clock.monotonic() - startedAt).toBe(5_000);
    expect(fixture.queue.find('a2')).toMatchObject({ receipt: undefined, receiveCount: 0 });
  });

  it('does not run a group twice at once when its messages come again meanwhile', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...inGroups('a1', 'a2'));
    for (const message of fixture.queue.messages) Object.assign(message, { visibleAt: 0 });
    await fixture.run(2_000, 500);
    fixture.queue.put(...inGroups('b1'));
    await fixture.run(2_000, 500);
    expect(fixture.started).toEqual(['a1', 'b1']);
    const receives = fixture.queue.messages.find(({ body }) => body === 'a1')?.receiveCount;
    expect(receives).toBe(2);
    await fixture.stop();
  });

  it('releases in batches of ten', async () => {
    const names = Array.from({ length: 15 }, (_, index) => `a${index}`);
    const fixture = new ConsumerFixture({ fifo: true, settings: { concurrency: 15, maxReceiveBatch: 15 } });
    await fixture.start(...inGroups(...names));
    await fixture.end('a0', retry(1_000));
    const calls = fixture.queue.callsOf('changeVisibility') as VisibilityChange[][];
    expect(calls.map((call) => call.length)).toEqual([1, 10, 4]);
    await fixture.stop();
  });
});
