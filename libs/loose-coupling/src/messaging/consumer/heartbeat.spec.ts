import type { VisibilityChange } from '../core/message-queue.js';
import { ACKNOWLEDGE } from '../core/outcome.js';
import { bodies, ConsumerFixture } from './testing/consumer-fixture.js';

const HOUR = 3_600_000;

const extensions = (fixture: ConsumerFixture) => fixture.queue.callsOf('changeVisibility') as VisibilityChange[][];

describe('the heartbeat', () => {
  it('keeps every message in hand hidden, ten to a call, by an absolute timeout', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 25 } });
    await fixture.start(...bodies(25));
    await fixture.run(18_000, 1_000);
    expect(extensions(fixture)).toEqual([]);
    await fixture.run(2_000, 1_000);
    expect(extensions(fixture).map((call) => call.length)).toEqual([10, 10, 5]);
    expect(
      new Set(
        extensions(fixture)
          .flat()
          .map(({ timeout }) => timeout),
      ),
    ).toEqual(new Set([30_000]));
    await fixture.run(600_000, 1_000);
    expect(fixture.started).toHaveLength(25);
    expect(fixture.queue.messages.every((message) => message.receiveCount === 1)).toBe(true);
    await fixture.stop();
  });

  it('shares calls between messages that fall due close to each other', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1');
    for (const body of ['m2', 'm3', 'm4']) {
      await fixture.run(1_000, 1_000);
      fixture.queue.put(body);
      await fixture.settle();
    }
    await fixture.run(17_000, 1_000);
    expect(extensions(fixture).map((call) => call.length)).toEqual([4]);
    await fixture.stop();
  });

  it('covers FIFO messages that wait behind one of their group', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...bodies(3).map((body) => ({ body, groupId: 'g' })));
    await fixture.run(100_000, 1_000);
    expect(fixture.queue.messages.every((message) => message.receiveCount === 1)).toBe(true);
    for (const body of bodies(3)) await fixture.end(body);
    expect(fixture.started).toEqual(bodies(3));
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });

  it('can be switched off', async () => {
    const fixture = new ConsumerFixture({ settings: { heartbeat: false, concurrency: 2 } });
    await fixture.start('m1');
    await fixture.run(31_000, 1_000);
    expect(extensions(fixture)).toEqual([]);
    expect(fixture.started).toEqual(['m1', 'm1']);
    await fixture.stop();
  });

  it('ends with the handler', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1');
    await fixture.run(21_000, 1_000);
    await fixture.end('m1', { action: 'retry', delay: HOUR, error: new Error('no') });
    const calls = extensions(fixture).length;
    await fixture.run(120_000, 1_000);
    expect(extensions(fixture)).toHaveLength(calls);
    await fixture.stop();
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('of a duplicate delivery ends as well (MassTransit#6179)', async () => {
    const fixture = new ConsumerFixture({ settings: { receiveWait: 1_000 } });
    await fixture.start('m1');
    const first = fixture.running.get('m1');
    Object.assign(fixture.queue.messages[0]!, { visibleAt: 0 });
    await fixture.run(2_000, 1_000);
    expect(fixture.started).toEqual(['m1', 'm1']);
    await fixture.end('m1');
    first?.end();
    await fixture.settle();
    expect(fixture.consumer.inFlight).toBe(0);
    await fixture.run(60_000, 1_000);
    expect(extensions(fixture)).toEqual([]);
    await fixture.stop();
  });

  it('ends 12 hours after the receive, and then aborts the signal (MassTransit#6179)', async () => {
    const fixture = new ConsumerFixture({ settings: { visibilityTimeout: HOUR, concurrency: 1 } });
    await fixture.start('m1');
    const running = fixture.running.get('m1');
    await fixture.run(12 * HOUR - 60_000, 60_000);
    expect(running?.signal.aborted).toBe(false);
    expect(fixture.queue.messages[0]?.receiveCount).toBe(1);
    expect(fixture.queue.messages[0]?.visibleAt).toBe(12 * HOUR);
    await fixture.run(120_000, 60_000);
    expect(running?.signal.aborted).toBe(true);
    const calls = extensions(fixture).length;
    await fixture.run(2 * HOUR, 60_000);
    expect(extensions(fixture)).toHaveLength(calls);
    await fixture.stop();
  });

  it('aborts the signal when the receipt was lost; the outcome then counts for nothing', async () => {
    for (const outcome of [ACKNOWLEDGE, { action: 'deadLetter', error: new Error('x') } as const]) {
      const fixture = new ConsumerFixture();
      await fixture.start('m1', 'm2');
      const { signal } = fixture.running.get('m1')!;
      const other = fixture.running.get('m2')!.signal;
      fixture.queue.expireReceipt('m1');
      await fixture.run(21_000, 1_000);
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toMatchObject({ code: 'LC_RECEIPT_EXPIRED' });
      expect(other.aborted).toBe(false);
      await fixture.end('m1', outcome);
      expect(fixture.queue.callsOf('delete')).toEqual([]);
      expect(fixture.deadLetterQueue.messages).toEqual([]);
      expect(fixture.errors).toEqual([]);
      expect(fixture.consumer.counters).toMatchObject({ acknowledged: 0, retried: 0, deadLettered: 0, lost: 1 });
      expect(fixture.consumer.inFlight).toBe(1);
      await fixture.stop();
    }
  });

  it('tries a failed extension again before the visibility ends', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1');
    const { signal } = fixture.running.get('m1')!;
    let failures = 3;
    fixture.queue.hooks.before = (operation) => {
      if (operation === 'changeVisibility' && failures-- > 0) throw new Error('throttled');
    };
    await fixture.run(100_000, 1_000);
    expect(signal.aborted).toBe(false);
    expect(fixture.started).toEqual(['m1']);
    expect(fixture.errors).toEqual([expect.objectContaining({ activity: 'heartbeat' })]);
    await fixture.stop();
  });

  it('takes the message for lost when no extension got through before the visibility ended', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 1 } });
    await fixture.start('m1');
    const { signal, end } = fixture.running.get('m1')!;
    fixture.queue.hooks.before = (operation) =>
      operation === 'changeVisibility' ? new Promise(() => undefined) : undefined;
    await fixture.run(29_000, 1_000);
    expect(signal.aborted).toBe(false);
    await fixture.run(3_000, 500);
    expect(signal.aborted).toBe(true);
    end();
    await fixture.settle();
    expect(fixture.queue.callsOf('delete')).toEqual([]);
    expect(fixture.started).toEqual(['m1', 'm1']);
    await fixture.stop();
  });

  it('never aborts the signal of a handler that succeeded', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1', 'm2');
    const { signal } = fixture.running.get('m1')!;
    fixture.queue.hooks.before = (operation) => {
      if (operation === 'delete') throw new Error('down');
    };
    await fixture.end('m1');
    fixture.queue.expireReceipt('m1');
    await fixture.run(60_000, 1_000);
    await fixture.stop();
    expect(signal.aborted).toBe(false);
  });
});
