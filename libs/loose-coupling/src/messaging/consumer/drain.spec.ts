import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import { bodies, ConsumerFixture } from './testing/consumer-fixture.js';

/** Begins to stop and tells whether that has ended. */
function beginStop(fixture: ConsumerFixture, drainTimeout?: number) {
  const progress = { stopped: false };
  const options = drainTimeout === undefined ? {} : { drainTimeout };
  void fixture.consumer.stop(options).then(() => (progress.stopped = true));
  return progress;
}

function expectNothingPending(fixture: ConsumerFixture): void {
  expect(fixture.clock.pendingTimers).toBe(0);
  expect(fixture.queue.waitingReceives).toBe(0);
}

describe('stop()', () => {
  it('waits for ten handlers that run, and for their acknowledgements (ssut#20, ssut#66)', async () => {
    const fixture = new ConsumerFixture({ settings: { acknowledgeLinger: 100 } });
    await fixture.start(...bodies(12));
    const signals = [...fixture.running.values()].map(({ signal }) => signal);
    const progress = beginStop(fixture);
    await fixture.run(20_000, 1_000);
    for (const body of bodies(9)) await fixture.end(body);
    expect(progress.stopped).toBe(false);
    await fixture.end('m10');
    expect(progress.stopped).toBe(true);
    expect(fixture.left).toEqual(['m11', 'm12']);
    expect(fixture.started).toEqual(bodies(10));
    expect(signals.some((signal) => signal.aborted)).toBe(false);
    expectNothingPending(fixture);
  });

  it('ends an idle consumer at once, leaving nothing behind', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start();
    expect(fixture.queue.waitingReceives).toBe(1);
    const progress = beginStop(fixture);
    await fixture.settle();
    expect(progress.stopped).toBe(true);
    expectNothingPending(fixture);
  });

  it('hands back at once the FIFO messages that have not started', async () => {
    const fixture = new ConsumerFixture({ fifo: true });
    await fixture.start(...bodies(4).map((body) => ({ body, groupId: 'g' })));
    const progress = beginStop(fixture);
    await fixture.settle();
    expect(fixture.queue.messages.map((message) => fixture.queue.isInFlight(message))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(progress.stopped).toBe(false);
    await fixture.end('m1');
    expect(progress.stopped).toBe(true);
    expect(fixture.started).toEqual(['m1']);
    expect(fixture.left).toEqual(['m2', 'm3', 'm4']);
    expectNothingPending(fixture);
  });

  it('hands back messages of a receive that was answered while it stopped', async () => {
    const fixture = new ConsumerFixture();
    let answer: () => void = () => undefined;
    fixture.queue.hooks.after = (operation) =>
      operation === 'receive' ? new Promise((resolve) => (answer = resolve)) : undefined;
    await fixture.start('m1', 'm2');
    const progress = beginStop(fixture);
    await fixture.run(1_000, 500);
    expect(progress.stopped).toBe(false);
    answer();
    await fixture.settle();
    expect(progress.stopped).toBe(true);
    expect(fixture.started).toEqual([]);
    expect(fixture.queue.messages.some((message) => fixture.queue.isInFlight(message))).toBe(false);
    expectNothingPending(fixture);
  });

  it('keeps extending what still runs', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start('m1');
    const progress = beginStop(fixture, 120_000);
    await fixture.run(90_000, 1_000);
    expect(fixture.queue.isInFlight(fixture.queue.messages[0]!)).toBe(true);
    await fixture.end('m1');
    expect(progress.stopped).toBe(true);
    expect(fixture.left).toEqual([]);
    expectNothingPending(fixture);
  });

  it('aborts the signals after drainTimeout and still counts what ends within a second', async () => {
    const fixture = new ConsumerFixture({
      handle: (message, signal) => {
        const held = fixture.hold(message, signal);
        if (message.body === 'm1') {
          const retry: Outcome = { action: 'retry', delay: 0, error: new Error('stopped') };
          signal.addEventListener('abort', () => fixture.running.get('m1')?.end(retry));
        }
        return held;
      },
    } satisfies ConstructorParameters<typeof ConsumerFixture>[0]) as ConsumerFixture;
    await fixture.start('m1', 'm2', 'm3');
    const { signal } = fixture.running.get('m2')!;
    const progress = beginStop(fixture, 10_000);
    await fixture.run(9_900, 100);
    expect(signal.aborted).toBe(false);
    await fixture.run(200, 100);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'LC_CLOSED' });
    await fixture.end('m2');
    expect(progress.stopped).toBe(false);
    await fixture.run(1_000, 100);
    expect(progress.stopped).toBe(true);
    expect(fixture.left).toEqual(['m1', 'm3']);
    expect(fixture.queue.isInFlight(fixture.queue.messages[0]!)).toBe(false);
    expectNothingPending(fixture);
    const calls = fixture.queue.calls.length;
    await fixture.end('m3');
    await fixture.run(60_000, 1_000);
    expect(fixture.queue.calls).toHaveLength(calls);
    expectNothingPending(fixture);
  });

  it('tries again to delete, for a while, and then ends whatever the queue does', async () => {
    for (const fault of ['reject', 'hang'] as const) {
      const fixture = new ConsumerFixture({ handle: () => Promise.resolve(ACKNOWLEDGE) });
      fixture.queue.hooks.before = (operation) => {
        if (operation !== 'delete') return undefined;
        if (fault === 'reject') throw new Error('down');
        return new Promise(() => undefined);
      };
      await fixture.start('m1');
      const progress = beginStop(fixture, 1_000);
      await fixture.run(4_000, 100);
      expect(progress.stopped).toBe(false);
      await fixture.run(3_000, 100);
      expect(progress.stopped).toBe(true);
      expectNothingPending(fixture);
    }
  });

  it('brings a delete that waits for its next attempt forward', async () => {
    const fixture = new ConsumerFixture({ handle: () => Promise.resolve(ACKNOWLEDGE) });
    let down = true;
    fixture.queue.hooks.before = (operation) => {
      if (operation === 'delete' && down) throw new Error('down');
    };
    await fixture.start('m1');
    await fixture.run(15_000, 100);
    down = false;
    const progress = beginStop(fixture);
    await fixture.settle();
    expect(progress.stopped).toBe(true);
    expect(fixture.left).toEqual([]);
    expectNothingPending(fixture);
  });

  it('ends while receives fail, while paused, before a start, and a second time', async () => {
    const failing = new ConsumerFixture();
    failing.queue.hooks.before = () => {
      throw new Error('down');
    };
    await failing.start();
    const paused = new ConsumerFixture();
    await paused.start();
    paused.consumer.pause();
    for (const fixture of [failing, paused, new ConsumerFixture()]) {
      const first = beginStop(fixture);
      const second = beginStop(fixture);
      await fixture.settle();
      expect([first.stopped, second.stopped]).toEqual([true, true]);
      expectNothingPending(fixture);
      expect(() => fixture.consumer.start()).toThrow('is closed');
      expect(() => fixture.consumer.resume()).toThrow('is closed');
    }
  });

  it('does not wait for ever for a receive that ignores its abort, nor drop what that brings', async () => {
    const fixture = new ConsumerFixture();
    let answer: () => void = () => undefined;
    fixture.queue.hooks.after = (operation) =>
      operation === 'receive' ? new Promise((resolve) => (answer = resolve)) : undefined;
    await fixture.start('m1');
    const progress = beginStop(fixture, 5_000);
    await fixture.run(7_000, 500);
    expect(progress.stopped).toBe(true);
    expectNothingPending(fixture);
    answer();
    await fixture.settle();
    expect(fixture.started).toEqual([]);
    expect(fixture.queue.isInFlight(fixture.queue.messages[0]!)).toBe(false);
    expectNothingPending(fixture);
  });
});
