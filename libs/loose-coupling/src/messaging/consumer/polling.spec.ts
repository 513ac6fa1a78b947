import { AsyncLocalStorage } from 'node:async_hooks';

import { LooseCouplingError } from '../../kernel/index.js';
import { ACKNOWLEDGE } from '../core/outcome.js';
import { Deadlines } from './deadlines.js';
import { bodies, ConsumerFixture } from './testing/consumer-fixture.js';

const succeed = () => Promise.resolve(ACKNOWLEDGE);

describe('receiving', () => {
  it('handles and deletes every message', async () => {
    const fixture = new ConsumerFixture({ handle: succeed });
    await fixture.start(...bodies(35));
    await fixture.advance(100);
    expect(fixture.left).toEqual([]);
    expect(fixture.consumer.counters).toMatchObject({ received: 35, acknowledged: 35, retried: 0 });
    await fixture.stop();
  });

  it('has no more messages in hand than it can run, so that none burns its visibility waiting', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 4 } });
    await fixture.start(...bodies(20));
    expect(fixture.runningBodies).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(fixture.consumer.inFlight).toBe(4);
    await fixture.end('m2');
    await fixture.end('m4');
    expect(fixture.runningBodies).toEqual(['m1', 'm3', 'm5', 'm6']);
    expect(Math.max(...fixture.queue.callsOf('receive').map((call) => (call as { max: number }).max))).toBe(4);
    await fixture.stop();
  });

  it('runs more than one receive holds at once (ssut#94)', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 40 } });
    await fixture.start(...bodies(60));
    await fixture.advance(100);
    expect(fixture.running.size).toBe(40);
    await fixture.stop();
  });

  it('lets a slow message hold up nobody (ssut#43, head-of-line blocking)', async () => {
    const fixture: ConsumerFixture = new ConsumerFixture({
      handle: (message, signal) => (message.body === 'm1' ? fixture.hold(message, signal) : succeed()),
    });
    await fixture.start(...bodies(40));
    await fixture.advance(100);
    expect(fixture.left).toEqual(['m1']);
    await fixture.stop();
  });

  it('fills a freed permit without time passing at a concurrency of 1', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 1 } });
    await fixture.start('m1', 'm2');
    const before = fixture.clock.monotonic();
    await fixture.end('m1');
    expect(fixture.runningBodies).toEqual(['m2']);
    expect(fixture.clock.monotonic()).toBe(before);
    await fixture.stop();
  });

  it('does not spend a receive on each freed permit when there are many', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 100 } });
    await fixture.start(...bodies(200));
    await fixture.advance(100);
    const before = fixture.queue.callsOf('receive').length;
    for (const body of bodies(9)) await fixture.end(body);
    expect(fixture.queue.callsOf('receive')).toHaveLength(before);
    await fixture.advance(10);
    expect(fixture.queue.callsOf('receive')).toHaveLength(before + 1);
    expect(fixture.running.size).toBe(100);
    await fixture.stop();
  });

  it('polls in parallel under load and keeps one long poll when idle', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 50 }, handle: succeed });
    let most = 0;
    fixture.queue.hooks.before = async (operation) => {
      if (operation !== 'receive') return;
      most = Math.max(most, fixture.queue.receivesUnderWay);
      await new Promise<void>((resolve) => fixture.clock.setTimer(resolve, 5));
    };
    await fixture.start(...bodies(500));
    await fixture.run(500);
    expect(fixture.left).toEqual([]);
    expect(most).toBe(5);
    const idleCalls = fixture.queue.callsOf('receive').length;
    await fixture.advance(19_000);
    expect(fixture.queue.receivesUnderWay).toBe(1);
    expect(fixture.queue.waitingReceives).toBe(1);
    expect(fixture.queue.callsOf('receive').length - idleCalls).toBeLessThanOrEqual(1);
    await fixture.stop();
  });

  it('does not spin on a queue that answers "empty" at once', async () => {
    const fixture = new ConsumerFixture({ settings: { receiveWait: 0 } });
    await fixture.start();
    await fixture.advance(1_000);
    expect(fixture.queue.callsOf('receive').length).toBeLessThanOrEqual(11);
    expect(fixture.queue.callsOf('receive').length).toBeGreaterThan(5);
    await fixture.stop();
  });

  it('leaves the event loop its turns while a backlog is handled by handlers that never wait', async () => {
    const fixture = new ConsumerFixture({ handle: succeed });
    fixture.queue.put(...bodies(1_000));
    fixture.consumer.start();
    let turns = 0;
    while (fixture.left.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    expect(turns).toBeGreaterThanOrEqual(100);
    await fixture.stop();
  });

  it('stops receiving when handled messages cannot be deleted fast enough', async () => {
    const fixture = new ConsumerFixture({ handle: succeed });
    fixture.queue.hooks.before = (operation) => (operation === 'delete' ? new Promise(() => undefined) : undefined);
    await fixture.start(...bodies(100));
    await fixture.advance(100);
    expect(fixture.consumer.inFlight).toBeLessThanOrEqual(20);
    await fixture.stop();
  });

  it('takes another concurrency while it runs', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 1 } });
    await fixture.start(...bodies(9));
    fixture.consumer.setConcurrency(3);
    await fixture.settle();
    expect(fixture.running.size).toBe(3);
    fixture.consumer.setConcurrency(1);
    await fixture.end('m1');
    await fixture.end('m2');
    expect(fixture.runningBodies).toEqual(['m3']);
    expect(() => fixture.consumer.setConcurrency(0)).toThrow('whole number above 0');
    await fixture.stop();
  });

  it('finishes what is in hand and receives nothing while it is paused', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 2 } });
    await fixture.start('m1');
    fixture.consumer.pause();
    fixture.queue.put('m2');
    await fixture.end('m1');
    await fixture.advance(60_000);
    expect(fixture.left).toEqual(['m2']);
    expect(fixture.started).toEqual(['m1']);
    fixture.consumer.resume();
    await fixture.settle();
    expect(fixture.runningBodies).toEqual(['m2']);
    await fixture.stop();
  });
});

describe('failing receives', () => {
  it('are retried with backoff and reported once a streak; nothing is an unhandled rejection (ssut#28, ssut#16)', async () => {
    const fixture = new ConsumerFixture({ handle: succeed });
    let down = true;
    fixture.queue.hooks.before = (operation) => {
      if (operation === 'receive' && down) throw new Error('connection refused');
    };
    await fixture.start('m1');
    await fixture.advance(60_000);
    const attempts = fixture.queue.callsOf('receive').length;
    expect(attempts).toBeGreaterThan(5);
    expect(attempts).toBeLessThan(15);
    expect(fixture.errors).toEqual([
      expect.objectContaining({
        activity: 'receive',
        fatal: false,
        queue: 'orders',
        error: new Error('connection refused'),
      }),
    ]);
    expect(fixture.consumer.lastSuccessfulPoll).toBeUndefined();
    down = false;
    await fixture.advance(30_000);
    expect(fixture.left).toEqual([]);
    expect(fixture.consumer.lastSuccessfulPoll).toBeGreaterThan(fixture.clock.now() - 30_000);
    down = true;
    await fixture.advance(60_000);
    expect(fixture.errors).toHaveLength(2);
    await fixture.stop();
  });

  it('wait the longest backoff, and are reported as fatal, when trying again cannot help', async () => {
    class UnknownQueueError extends LooseCouplingError {
      readonly code = 'LC_UNKNOWN_QUEUE';
      constructor() {
        super('no such queue');
      }
    }
    const fixture = new ConsumerFixture();
    fixture.queue.hooks.before = () => {
      throw new UnknownQueueError();
    };
    await fixture.start();
    await fixture.advance(29_000);
    expect(fixture.queue.callsOf('receive')).toHaveLength(1);
    expect(fixture.errors).toEqual([expect.objectContaining({ activity: 'receive', fatal: true })]);
    await fixture.advance(2_000);
    expect(fixture.queue.callsOf('receive')).toHaveLength(2);
    await fixture.stop();
  });

  it('are given up when they never answer, and what they bring late is handed back (ssut#28)', async () => {
    const fixture = new ConsumerFixture();
    let answer: () => void = () => undefined;
    fixture.queue.hooks.after = (operation) =>
      operation === 'receive' && fixture.queue.callsOf('receive').length === 1
        ? new Promise((resolve) => (answer = resolve))
        : undefined;
    await fixture.start('m1');
    await fixture.advance(49_000);
    expect(fixture.errors).toEqual([]);
    fixture.queue.hooks.after = () => undefined;
    fixture.queue.messages[0]!.visibleAt += 60_000;
    await fixture.advance(2_000);
    expect(fixture.errors).toEqual([
      expect.objectContaining({ activity: 'receive', error: expect.objectContaining({ code: 'LC_QUEUE_TIMEOUT' }) }),
    ]);
    expect(fixture.runningBodies).toEqual([]);
    answer();
    await fixture.settle();
    expect(fixture.runningBodies).toEqual(['m1']);
    expect(fixture.queue.find('m1')).toMatchObject({ handedOut: 2, receiveCount: 1 });
    await fixture.stop();
  });

  it('do not stop the consumer when the error listener throws', async () => {
    const fixture = new ConsumerFixture({
      handle: succeed,
      onError: () => {
        throw new Error('logger down');
      },
    });
    let failures = 3;
    fixture.queue.hooks.before = () => {
      if (failures-- > 0) throw new Error('down');
    };
    await fixture.start('m1');
    await fixture.advance(5_000);
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });
});

describe('a poller that is stuck', () => {
  /** The turn in which the next receive would begin does not come. */
  const loseTheNextTurn = () => {
    const real = setImmediate;
    const lost = jest.spyOn(globalThis, 'setImmediate').mockImplementationOnce((() => {
      lost.mockRestore();
      return real(() => undefined);
    }) as unknown as typeof setImmediate);
  };

  it('is noticed by the watchdog, reported, and begins anew', async () => {
    const fixture = new ConsumerFixture({ handle: succeed });
    loseTheNextTurn();
    fixture.consumer.start();
    await fixture.advance(80_000);
    fixture.queue.put('m1');
    expect(fixture.queue.callsOf('receive')).toEqual([]);
    expect(fixture.consumer.pollAge).toBe(80_000);
    await fixture.advance(15_000);
    expect(fixture.left).toEqual([]);
    expect(fixture.errors).toEqual([
      expect.objectContaining({ activity: 'receive', error: expect.objectContaining({ code: 'LC_QUEUE_TIMEOUT' }) }),
    ]);
    expect(fixture.consumer.failingSince).toBeUndefined();
    await fixture.stop();
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('is not seen in one that fails, waits, is paused, or has every handler busy', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 1 } });
    await fixture.start();
    await fixture.run(300_000, 10_000);
    fixture.queue.put('m1');
    await fixture.run(300_000, 10_000);
    fixture.consumer.pause();
    await fixture.end('m1');
    await fixture.run(300_000, 10_000);
    expect(fixture.errors).toEqual([]);
    fixture.queue.hooks.before = (operation) => {
      if (operation === 'receive') throw new Error('away');
    };
    fixture.consumer.resume();
    await fixture.run(300_000, 10_000);
    expect(fixture.errors).toEqual([expect.objectContaining({ error: new Error('away') })]);
    await fixture.stop();
  });

  it('keeps its permits right when what was given up is answered after all', async () => {
    const fixture = new ConsumerFixture({ settings: { concurrency: 10 } });
    const answers: (() => void)[] = [];
    // Neither the answer nor its deadline comes.
    jest.spyOn(Deadlines.prototype, 'within').mockImplementationOnce((_ms, _what, call) => call);
    fixture.queue.hooks.after = (operation) =>
      operation === 'receive' && answers.length === 0 ? new Promise((resolve) => answers.push(resolve)) : undefined;
    await fixture.start('m1');
    await fixture.advance(100_000);
    fixture.queue.put(...bodies(12, 'n'));
    answers[0]?.();
    await fixture.run(200, 10);
    expect(fixture.mostAtOnce).toBe(10);
    expect(fixture.runningBodies).toContain('m1');
    await fixture.stop();
  });
});

describe('the async context of a handler', () => {
  it('is not that of another message, nor that of whoever started the consumer', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: [string, string | undefined][] = [];
    for (const fifo of [false, true]) {
      const fixture = new ConsumerFixture({
        fifo,
        settings: { concurrency: 2 },
        handle: async (message) => {
          seen.push([message.body, storage.getStore()]);
          storage.enterWith(message.body);
          await Promise.resolve();
          storage.enterWith(`${message.body} again`);
          return ACKNOWLEDGE;
        },
      });
      fixture.queue.put(...bodies(5, fifo ? 'f' : 'm').map((body) => ({ body, groupId: 'g' })));
      storage.run('starter', () => fixture.consumer.start());
      await fixture.advance(100);
      await fixture.stop();
    }
    expect(seen).toHaveLength(10);
    expect(seen.filter(([, store]) => store !== undefined)).toEqual([]);
  });
});
