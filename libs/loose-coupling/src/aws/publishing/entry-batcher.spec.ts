import { FakeClock } from '../../testing/fake-clock.js';
import { EntryBatcher } from './entry-batcher.js';
import type { AddOptions, EntryBatcherOptions } from './entry-batcher.options.js';

type Answers = Awaited<ReturnType<EntryBatcherOptions<string, string>['call']>>;

interface Call {
  readonly items: readonly string[];
  readonly signal: AbortSignal;
  answer(...results: ('in' | 'later' | 'never')[]): Promise<void>;
  fail(error: unknown): Promise<void>;
}

const later = (item: string) => ({ ok: false, error: new Error(`${item}: not now`), permanent: false }) as const;
const never = (item: string) => ({ ok: false, error: new Error(`${item}: never`), permanent: true }) as const;

/** A batcher whose calls end when the test says so. */
class Fixture {
  readonly clock = new FakeClock();
  readonly calls: Call[] = [];
  readonly batcher: EntryBatcher<string, string>;
  readonly settled: string[] = [];

  constructor(options: Partial<EntryBatcherOptions<string, string>> = {}) {
    this.batcher = new EntryBatcher<string, string>({
      destination: 'Queue "orders"',
      maxBytes: 100,
      clock: this.clock,
      random: () => 0.5,
      call: (items, signal) => this.hold(items, signal),
      ...options,
    });
  }

  /** Items of the calls so far. */
  get sent(): (readonly string[])[] {
    return this.calls.map(({ items }) => items);
  }

  add(item: string, options: Partial<AddOptions> = {}) {
    const result = this.batcher.add(item, { bytes: 1, ...options });
    void result.then((outcome) => this.settled.push(outcome.ok ? outcome.value : outcome.error.message));
    return result;
  }

  addAll(...items: string[]) {
    return items.map((item) => this.add(item));
  }

  call(index: number): Call {
    return this.calls[index]!;
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await this.clock.advance(0);
  }

  private hold(items: readonly string[], signal: AbortSignal): Promise<Answers> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        items,
        signal,
        answer: (...fates) => {
          resolve(
            items.map((item, index) => {
              const fate = fates[index] ?? 'in';
              return fate === 'in'
                ? { ok: true, value: `${item} is in` }
                : fate === 'later'
                  ? later(item)
                  : never(item);
            }),
          );
          return this.settle();
        },
        fail: (error) => {
          reject(error);
          return this.settle();
        },
      });
    });
  }
}

const numbered = (count: number, prefix = 'm') => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

describe('filling calls', () => {
  it('sends what was added in one turn together, without lingering, when nothing is under way', async () => {
    const fixture = new Fixture();
    fixture.addAll('a', 'b');
    expect(fixture.sent).toEqual([]);
    await fixture.settle();
    expect(fixture.sent).toEqual([['a', 'b']]);
    expect(fixture.clock.monotonic()).toBe(0);
  });

  it('sends a full call at once', () => {
    const fixture = new Fixture({ maxEntries: 3 });
    fixture.addAll('a', 'b', 'c', 'd');
    expect(fixture.sent).toEqual([['a', 'b', 'c']]);
  });

  it('cuts calls by bytes, and sends what is larger than a call alone', async () => {
    const fixture = new Fixture({ maxBytes: 10 });
    void fixture.add('a', { bytes: 6 });
    void fixture.add('b', { bytes: 4 });
    void fixture.add('c', { bytes: 5 });
    void fixture.add('huge', { bytes: 50 });
    void fixture.add('d', { bytes: 1 });
    await fixture.clock.advance(1);
    expect(fixture.sent).toEqual([['a', 'b'], ['c'], ['huge'], ['d']]);
  });

  it('gathers while calls are under way, and lingers no longer than it may', async () => {
    const fixture = new Fixture({ linger: 5 });
    void fixture.add('a');
    await fixture.settle();
    void fixture.add('b');
    await fixture.clock.advance(3);
    void fixture.add('c');
    expect(fixture.sent).toEqual([['a']]);
    await fixture.clock.advance(2);
    expect(fixture.sent).toEqual([['a'], ['b', 'c']]);
  });

  it('sends what has gathered when the last call under way returns', async () => {
    const fixture = new Fixture({ linger: 1_000 });
    void fixture.add('a');
    await fixture.settle();
    fixture.addAll('b', 'c');
    await fixture.call(0).answer();
    expect(fixture.sent).toEqual([['a'], ['b', 'c']]);
    expect(fixture.clock.monotonic()).toBe(0);
  });

  it('has no more calls under way than it may, and fills the next ones meanwhile', async () => {
    const fixture = new Fixture({ maxEntries: 2, maxInFlight: 2 });
    fixture.addAll(...numbered(7));
    await fixture.clock.advance(1_000);
    expect(fixture.sent).toEqual([
      ['m1', 'm2'],
      ['m3', 'm4'],
    ]);
    await fixture.call(0).answer();
    expect(fixture.sent.slice(2)).toEqual([['m5', 'm6']]);
    await fixture.call(1).answer();
    expect(fixture.sent.slice(3)).toEqual([['m7']]);
  });
});

describe('results', () => {
  it('settles each caller from its own entry', async () => {
    const fixture = new Fixture();
    const results = fixture.addAll('a', 'b', 'c');
    await fixture.settle();
    await fixture.call(0).answer('in', 'never', 'in');
    expect(await Promise.all(results)).toEqual([
      { ok: true, value: 'a is in' },
      never('b'),
      { ok: true, value: 'c is in' },
    ]);
    expect(fixture.batcher.pending).toBe(0);
  });

  it('sends again only what failed for a passing reason, as the same object, after a pause', async () => {
    const fixture = new Fixture({ retry: { initialDelay: 100 } });
    const results = fixture.addAll('a', 'b', 'c');
    await fixture.settle();
    await fixture.call(0).answer('in', 'later', 'never');
    expect(fixture.settled).toEqual(['a is in', 'c: never']);
    await fixture.clock.advance(74);
    expect(fixture.calls).toHaveLength(1);
    await fixture.clock.advance(1);
    expect(fixture.sent).toEqual([['a', 'b', 'c'], ['b']]);
    await fixture.call(1).answer();
    expect(await results[1]).toEqual({ ok: true, value: 'b is in' });
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('counts a call that failed as a whole for each of its entries', async () => {
    const fixture = new Fixture();
    fixture.addAll('a', 'b');
    await fixture.settle();
    await fixture.call(0).fail(new Error('connection lost'));
    await fixture.clock.advance(100);
    expect(fixture.sent).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('sends an entry again that the answer says nothing of', async () => {
    const fixture = new Fixture({ call: () => Promise.resolve([]), retry: { maxAttempts: 2 } });
    const result = fixture.add('a');
    await fixture.clock.advance(1_000);
    expect(await result).toMatchObject({
      ok: false,
      permanent: false,
      error: { message: expect.stringContaining('no result') },
    });
  });

  it('gives up after the attempts it may make, with the last error', async () => {
    const fixture = new Fixture({ retry: { maxAttempts: 3 } });
    const result = fixture.add('a');
    await fixture.settle();
    await fixture.call(0).answer('later');
    await fixture.clock.advance(1_000);
    await fixture.call(1).answer('later');
    await fixture.clock.advance(1_000);
    await fixture.call(2).fail(new Error('the last one'));
    expect(await result).toEqual({ ok: false, error: new Error('the last one'), permanent: false });
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('gives up when the next attempt would come after the time it may take', async () => {
    const fixture = new Fixture({ retry: { initialDelay: 1_000, maxDelay: 1_000, totalTimeout: 1_600 } });
    const result = fixture.add('a');
    await fixture.settle();
    await fixture.call(0).answer('later');
    await fixture.clock.advance(1_000);
    await fixture.call(1).answer('later');
    expect(await result).toMatchObject({ ok: false });
    expect(fixture.calls).toHaveLength(2);
  });

  it('takes a call without an answer for failed, and aborts it', async () => {
    const fixture = new Fixture({ callTimeout: 5_000 });
    const result = fixture.add('a');
    await fixture.clock.advance(5_000);
    expect(fixture.call(0).signal.aborted).toBe(true);
    await fixture.clock.advance(100);
    await fixture.call(1).answer();
    expect(await result).toEqual({ ok: true, value: 'a is in' });
    await fixture.call(0).answer('never');
    expect(fixture.settled).toEqual(['a is in']);
  });

  it('tries each entry alone when one of them may be why the call was refused', async () => {
    const fixture = new Fixture({ judge: () => 'isolate' });
    const results = fixture.addAll('a', 'bad', 'c');
    await fixture.settle();
    await fixture.call(0).fail(new Error('validation'));
    expect(fixture.sent.slice(1)).toEqual([['a'], ['bad'], ['c']]);
    await fixture.call(1).answer();
    await fixture.call(2).fail(new Error('validation of bad'));
    await fixture.call(3).answer();
    expect(await Promise.all(results)).toEqual([
      { ok: true, value: 'a is in' },
      { ok: false, error: new Error('validation of bad'), permanent: true },
      { ok: true, value: 'c is in' },
    ]);
  });

  it('survives a call that throws before it is asynchronous', async () => {
    const fixture = new Fixture({
      judge: () => 'refuse',
      call: () => {
        throw new Error('no client');
      },
    });
    expect(await fixture.add('a')).toEqual({ ok: false, error: new Error('no client'), permanent: true });
  });
});

describe('groups', () => {
  it('has one entry of a group under way, and others beside it', async () => {
    const fixture = new Fixture();
    for (const item of ['x1', 'y1', 'x2', 'y2', 'x3']) void fixture.add(item, { group: item.slice(0, 1) });
    await fixture.settle();
    await fixture.clock.advance(10);
    expect(fixture.sent).toEqual([['x1', 'y1']]);
    await fixture.call(0).answer();
    expect(fixture.sent.slice(1)).toEqual([['x2', 'y2']]);
    await fixture.call(1).answer();
    expect(fixture.sent.slice(2)).toEqual([['x3']]);
  });

  it('lets nothing overtake an entry that failed, while other groups flow', async () => {
    const fixture = new Fixture();
    for (const item of ['x1', 'y1', 'x2', 'y2']) void fixture.add(item, { group: item.slice(0, 1) });
    await fixture.settle();
    await fixture.call(0).answer('later', 'in');
    expect(fixture.sent.slice(1)).toEqual([['y2']]);
    await fixture.call(1).answer();
    await fixture.clock.advance(100);
    expect(fixture.sent.slice(2)).toEqual([['x1']]);
    await fixture.call(2).answer();
    expect(fixture.sent.slice(3)).toEqual([['x2']]);
  });

  it('goes on behind an entry that was refused for good', async () => {
    const fixture = new Fixture();
    void fixture.add('x1', { group: 'x' });
    void fixture.add('x2', { group: 'x' });
    await fixture.settle();
    await fixture.call(0).answer('never');
    expect(fixture.sent).toEqual([['x1'], ['x2']]);
  });

  it('takes those behind along when it gives an entry up, so that sending them again keeps the order', async () => {
    const fixture = new Fixture({ retry: { maxAttempts: 1 } });
    for (const item of ['x1', 'x2', 'x3']) void fixture.add(item, { group: 'x' });
    await fixture.settle();
    await fixture.call(0).answer('later');
    expect(fixture.settled).toEqual(['x1: not now', 'x1: not now', 'x1: not now']);
    void fixture.add('x4', { group: 'x' });
    await fixture.settle();
    expect(fixture.sent).toEqual([['x1'], ['x4']]);
  });

  it('takes those along that wait for room, too, and answers them in their order', async () => {
    const fixture = new Fixture({ retry: { maxAttempts: 1 }, maxPending: 1 });
    for (const item of ['x1', 'y1', 'x2', 'x3']) {
      void fixture.add(item, { group: item.slice(0, 1) }).then(({ ok }) => fixture.settled.push(`${item} ${ok}`));
    }
    await fixture.settle();
    await fixture.call(0).answer('later');
    expect(fixture.settled.filter((text) => text.endsWith('false'))).toEqual(['x1 false', 'x2 false', 'x3 false']);
    expect(fixture.sent).toEqual([['x1'], ['y1']]);
  });
});

describe('room', () => {
  it('lets callers wait when there is none, in their order', async () => {
    const fixture = new Fixture({ maxPending: 2, maxEntries: 2 });
    fixture.addAll(...numbered(5));
    await fixture.clock.advance(100);
    expect(fixture.sent).toEqual([['m1', 'm2']]);
    expect(fixture.batcher.pending).toBe(2);
    await fixture.call(0).answer();
    expect(fixture.sent.slice(1)).toEqual([['m3', 'm4']]);
    await fixture.call(1).answer();
    expect(fixture.sent.slice(2)).toEqual([['m5']]);
  });

  it('lets an abort end the wait, and nothing else', async () => {
    const fixture = new Fixture({ maxPending: 1 });
    const controller = new AbortController();
    const taken = fixture.add('taken', { signal: controller.signal });
    const waiting = fixture.add('waiting', { signal: controller.signal });
    void fixture.add('next');
    await fixture.settle();
    controller.abort(new Error('gone'));
    expect(await waiting).toEqual({ ok: false, error: new Error('gone'), permanent: false });
    await fixture.call(0).answer();
    expect(await taken).toMatchObject({ ok: true });
    expect(fixture.sent).toEqual([['taken'], ['next']]);
    expect(await fixture.add('late', { signal: controller.signal })).toMatchObject({ ok: false });
  });
});

describe('flush and close', () => {
  it('flushes what lingers, and waits for what was added before, not for what came later', async () => {
    const fixture = new Fixture({ linger: 1_000, maxInFlight: 3 });
    void fixture.add('a');
    await fixture.settle();
    void fixture.add('b');
    let flushed = false;
    void fixture.batcher.flush().then(() => (flushed = true));
    expect(fixture.sent).toEqual([['a'], ['b']]);
    void fixture.add('c');
    await fixture.call(1).answer();
    expect(flushed).toBe(false);
    await fixture.call(0).answer();
    expect(flushed).toBe(true);
    expect(fixture.settled).toEqual(['b is in', 'a is in']);
  });

  it('flushes at once when there is nothing', async () => {
    await expect(new Fixture().batcher.flush()).resolves.toBeUndefined();
  });

  it('sends everything on close, callers that wait for room included, and refuses what comes later', async () => {
    const fixture = new Fixture({ maxPending: 1 });
    fixture.addAll('a', 'b');
    let closed = false;
    const end = fixture.batcher.close().then(() => (closed = true));
    expect(await fixture.add('late')).toMatchObject({ ok: false, permanent: true, error: { code: 'LC_CLOSED' } });
    await fixture.settle();
    await fixture.call(0).answer();
    expect(closed).toBe(false);
    await fixture.call(1).answer();
    await end;
    expect(fixture.sent).toEqual([['a'], ['b']]);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('hurries retries on close', async () => {
    const fixture = new Fixture({ retry: { initialDelay: 5_000, maxDelay: 5_000 } });
    void fixture.add('a');
    await fixture.settle();
    await fixture.call(0).answer('later');
    const end = fixture.batcher.close();
    expect(fixture.sent).toEqual([['a'], ['a']]);
    await fixture.call(1).answer('later');
    await fixture.clock.advance(500);
    await fixture.call(2).answer();
    await end;
    expect(fixture.settled).toEqual(['a is in']);
  });

  it('gives up on close when time is up, each caller with what is known', async () => {
    const fixture = new Fixture({
      maxPending: 4,
      maxEntries: 1,
      maxInFlight: 2,
      retry: { initialDelay: 60_000, maxDelay: 60_000 },
    });
    void fixture.add('x1', { group: 'x' });
    void fixture.add('x2', { group: 'x' });
    fixture.addAll('a', 'b', 'waiting');
    const end = fixture.batcher.close({ timeout: 1_000 });
    await fixture.clock.advance(1_000);
    await fixture.settle();
    await end;
    expect(fixture.sent).toEqual([['x1'], ['a']]);
    expect(fixture.calls.every(({ signal }) => signal.aborted)).toBe(true);
    expect(fixture.settled).toHaveLength(5);
    expect(fixture.settled.every((text) => text.includes('closed'))).toBe(true);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
