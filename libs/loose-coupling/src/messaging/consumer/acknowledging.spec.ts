import type { VisibilityChange } from '../core/message-queue.js';
import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import { bodies, ConsumerFixture } from './testing/consumer-fixture.js';

const retry = (delay: number): Outcome => ({ action: 'retry', delay, error: new Error('not now') });

describe('acknowledging', () => {
  it('deletes up to ten messages with one call', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 24 } });
    await fixture.start(...bodies(24));
    await fixture.advance(20);
    for (const { end } of fixture.running.values()) end();
    await fixture.settle();
    const sizes = fixture.queue.callsOf('delete').map((call) => (call as string[]).length);
    expect(sizes).toEqual([10, 10, 4]);
    await fixture.stop();
  });

  it('lingers for others to share the call', async () => {
    const fixture = new ConsumerFixture({ settings: { acknowledgeLinger: 50 } });
    await fixture.start(...bodies(3));
    await fixture.end('m1');
    await fixture.advance(30);
    await fixture.end('m2');
    expect(fixture.queue.callsOf('delete')).toEqual([]);
    await fixture.advance(20);
    expect(fixture.queue.callsOf('delete')).toEqual([[expect.any(String), expect.any(String)]]);
    await fixture.stop();
  });

  it('deletes again only what was not deleted (ssut: partial failures ignored)', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1', 'm2');
    let failures = 2;
    fixture.queue.hooks.entry = (operation, subject) =>
      operation === 'delete' && subject.startsWith('orders-1#') && failures-- > 0
        ? { error: new Error('InternalError'), permanent: false }
        : undefined;
    fixture.running.get('m1')?.end();
    fixture.running.get('m2')?.end();
    await fixture.settle();
    expect(fixture.left).toEqual(['m1']);
    expect(fixture.consumer.counters.acknowledged).toBe(1);
    await fixture.run(1_000, 50);
    expect(fixture.queue.callsOf('delete')).toEqual([['orders-1#1', 'orders-2#1'], ['orders-1#1'], ['orders-1#1']]);
    expect(fixture.left).toEqual([]);
    expect(fixture.consumer.counters.acknowledged).toBe(2);
    expect(fixture.errors).toEqual([expect.objectContaining({ activity: 'acknowledge', messageId: 'orders-1' })]);
    await fixture.stop();
  });

  it('survives calls that fail as a whole, never answer, or whose answer is lost', async () => {
    const fixture = new ConsumerFixture();
    const faults = ['reject', 'hang', 'lose'];
    let lose = false;
    fixture.queue.hooks.before = (operation) => {
      if (operation !== 'delete') return undefined;
      const fault = faults.shift();
      if (fault === 'reject') throw new Error('socket closed');
      lose = fault === 'lose';
      return fault === 'hang' ? new Promise(() => undefined) : undefined;
    };
    fixture.queue.hooks.after = (operation) => {
      if (operation === 'delete' && lose) throw new Error('socket closed');
    };
    await fixture.start('m1');
    await fixture.end('m1');
    await fixture.run(40_000, 500);
    expect(fixture.left).toEqual([]);
    expect(fixture.consumer.inFlight).toBe(0);
    expect(fixture.started).toEqual(['m1']);
    await fixture.stop();
  });

  it('does not run a message again whose receipt ran out after its handler succeeded', async () => {
    const fixture = new ConsumerFixture({ settings: { heartbeat: false, concurrency: 1, receiveWait: 1_000 } });
    await fixture.start('m1', 'm2');
    await fixture.run(31_000, 1_000);
    await fixture.end('m1');
    await fixture.end('m2');
    await fixture.run(2_000, 500);
    expect(fixture.started).toEqual(['m1', 'm2']);
    expect(fixture.left).toEqual([]);
    expect(fixture.consumer.counters).toMatchObject({ received: 3, acknowledged: 2 });
    await fixture.stop();
  });

  it('gives up what the queue refuses for good, and reports it', async () => {
    const fixture = new ConsumerFixture();
    fixture.queue.hooks.entry = (operation) =>
      operation === 'delete' ? { error: new Error('AccessDenied'), permanent: true } : undefined;
    await fixture.start('m1');
    await fixture.end('m1');
    await fixture.run(10_000, 500);
    expect(fixture.queue.callsOf('delete')).toHaveLength(1);
    expect(fixture.errors).toEqual([expect.objectContaining({ activity: 'acknowledge', fatal: true })]);
    expect(fixture.consumer.inFlight).toBe(0);
    await fixture.stop();
  });
});

describe('handing back', () => {
  it('makes the message visible after the delay, each with its own, in one call', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1', 'm2');
    fixture.running.get('m1')?.end(retry(5_000));
    fixture.running.get('m2')?.end(retry(9_000));
    await fixture.settle();
    expect(fixture.queue.callsOf('changeVisibility')).toEqual([
      [
        { receiptHandle: 'orders-1#1', timeout: 5_000 },
        { receiptHandle: 'orders-2#1', timeout: 9_000 },
      ],
    ]);
    await fixture.run(5_500, 500);
    expect(fixture.runningBodies).toEqual(['m1']);
    expect(fixture.running.get('m1')?.message.receiveCount).toBe(2);
    expect(fixture.consumer.counters.retried).toBe(2);
    await fixture.stop();
  });

  it('caps the delay at what is left of 12 hours', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1');
    await fixture.run(10_000, 1_000);
    await fixture.end('m1', retry(100 * 3_600_000));
    const [[change]] = fixture.queue.callsOf('changeVisibility') as [[VisibilityChange]];
    expect(change.timeout).toBe(12 * 3_600_000 - 10_000);
    await fixture.stop();
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('bug'))],
    [
      'throws before it returns a promise (ssut#29, ssut#89)',
      () => {
        throw new Error('bug');
      },
    ],
    ['has no outcome (sqs-consumer#582)', () => Promise.resolve(undefined as unknown as Outcome)],
  ])('with backoff and a report when the handler %s', async (_, fail) => {
    let attempts = 0;
    const fixture = new ConsumerFixture({ handle: () => (++attempts < 4 ? fail() : Promise.resolve(ACKNOWLEDGE)) });
    await fixture.start('m1');
    expect(fixture.left).toEqual(['m1']);
    await fixture.run(20_000, 500);
    expect(fixture.left).toEqual([]);
    expect(fixture.errors).toHaveLength(3);
    expect(fixture.errors[0]).toMatchObject({ activity: 'handle', messageId: 'orders-1' });
    const delays = (fixture.queue.callsOf('changeVisibility') as VisibilityChange[][]).map(
      ([change]) => change?.timeout,
    );
    expect(delays).toEqual([750, 1_500, 3_000]);
    await fixture.stop();
  });
});
