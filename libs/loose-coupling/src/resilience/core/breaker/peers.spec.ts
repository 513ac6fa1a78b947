import { breakerOf, call, calls } from '../testing/drive-breaker.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { REFUSED, type Permit } from './circuit-breaker.port.js';
import { resolveCircuitBreakerSettings } from './circuit-breaker.settings.js';
import { CountWindow } from './count-window.js';
import { TimeWindow } from './time-window.js';

const HOUR = 3_600_000;
const quick = { minimumCalls: 1, openDuration: 1000, halfOpenMaxWait: 500 };

/** Scenarios of bench/peer-defects, by their names there. */
describe('what peers get wrong', () => {
  it('[cockatiel-4] forgets everything that is older than the time window, after an idle hour too', () => {
    const { breaker } = breakerOf({ slidingWindow: { type: 'time', size: 10_000 }, minimumCalls: 101 });
    calls(breaker, 'F'.repeat(100), 0);
    expect(breaker.snapshot(0).failures).toBe(100);
    call(breaker, 'failure', HOUR);
    expect(breaker.snapshot(HOUR)).toMatchObject({ state: 'closed', calls: 1, failures: 1 });
  });

  it('[cockatiel-5] refuses a thousand callers at once while a probe hangs, and says for how long', () => {
    const { breaker } = breakerOf({ ...quick, halfOpenCalls: 1 });
    call(breaker, 'failure', 0);
    expect(breaker.tryAcquire(1000)).not.toBe(REFUSED);
    for (let n = 0; n < 1000; n++) expect(breaker.tryAcquire(1100)).toBe(REFUSED);
    expect(breaker.retryAfterMs(1100)).toBe(400);
  });

  it('[cockatiel-6] does not open a half-open circuit because a call from before the break fails, and hears the probe', () => {
    const { breaker, transitions } = breakerOf({ ...quick, halfOpenCalls: 1 });
    const late = breaker.tryAcquire(0);
    call(breaker, 'failure', 0);
    const probe = breaker.tryAcquire(1000);
    breaker.release(late, 'failure', 1001, 0);
    expect(breaker.state(1001)).toBe('half-open');
    breaker.release(probe, 'success', 1002, 1000);
    expect(breaker.state(1002)).toBe('closed');
    expect(transitions).toHaveLength(3);
  });

  it('[cockatiel-10] does not let a listener that throws into the call', () => {
    const { breaker } = breakerOf(quick, {
      onTransition: () => {
        throw new Error('of the listener');
      },
    });
    expect(() => call(breaker, 'failure', 0)).not.toThrow();
    expect(breaker.state(0)).toBe('open');
  });

  it('[cockatiel-11] is open again when it was before it was isolated', () => {
    const { breaker } = breakerOf(quick);
    call(breaker, 'failure', 0);
    breaker.forceOpen(100);
    breaker.resume(200);
    expect(breaker.state(200)).toBe('open');
    expect(breaker.retryAfterMs(200)).toBe(800);
    expect(breaker.tryAcquire(200)).toBe(REFUSED);
  });

  it('[cockatiel-13] opens with defaults in a quiet service: after 20 failures, however far apart', () => {
    const { breaker } = breakerOf();
    for (let n = 0; n < 19; n++) call(breaker, 'failure', n * HOUR);
    expect(breaker.state(19 * HOUR)).toBe('closed');
    call(breaker, 'failure', 19 * HOUR);
    expect(breaker.state(19 * HOUR)).toBe('open');
  });

  it('[opossum-4] looks at as much for a failure when 100,000 calls are in the window as when 100 are', () => {
    expect(touchesOfAFailure(new CountWindow(100_000), 'failed', 'words', 100)).toBe(3);
    expect(touchesOfAFailure(new CountWindow(100_000), 'failed', 'words', 100_001)).toBe(3);
    expect(touchesOfAFailure(new TimeWindow(10_000), undefined, 'counts', 100)).toBe(6);
    expect(touchesOfAFailure(new TimeWindow(10_000), undefined, 'counts', 100_000)).toBe(6);
  });

  it('[opossum-5] keeps next to nothing for an idle circuit: a few numbers, no list, no timer', () => {
    const settings = resolveCircuitBreakerSettings({ slidingWindow: { type: 'count', size: 1_000_000 } });
    const { numbers, lists } = contentOf(new CircuitBreaker(settings), [settings]);
    expect(lists).toBe(0);
    expect(numbers).toBeLessThan(30);
  });

  it('[opossum-6] does not open at the first failure, with defaults', () => {
    const { breaker } = breakerOf();
    calls(breaker, 'F');
    expect(breaker.state(0)).toBe('closed');
    calls(breaker, 'F'.repeat(18));
    expect(breaker.state(0)).toBe('closed');
  });

  it('[opossum-7] does not close a half-open circuit because of an error that does not count', () => {
    const { breaker } = breakerOf({ ...quick, halfOpenCalls: 1 });
    call(breaker, 'failure', 0);
    expect(call(breaker, 'ignored', 1000)).toBe(true);
    expect(breaker.state(1000)).toBe('half-open');
    expect(call(breaker, 'failure', 1000)).toBe(true);
    expect(breaker.state(1000)).toBe('open');
  });

  it('[opossum-8] does not close because a call from before the break succeeds', () => {
    const { breaker } = breakerOf({ ...quick, halfOpenCalls: 1 });
    const late = breaker.tryAcquire(0);
    call(breaker, 'failure', 0);
    breaker.release(late, 'success', 500, 0);
    expect(breaker.state(500)).toBe('open');
    const later = breaker.tryAcquire(1000);
    breaker.release(late, 'success', 1001, 0);
    expect(breaker.state(1001)).toBe('half-open');
    breaker.release(later, 'failure', 1002, 1000);
    expect(breaker.state(1002)).toBe('open');
  });

  it('[nestjs-resilience-4] lets 3 of 20 calls through while half-open, not all', () => {
    const { breaker } = breakerOf(quick);
    call(breaker, 'failure', 0);
    const passed = Array.from({ length: 20 }, () => breaker.tryAcquire(1000)).filter((permit) => permit !== REFUSED);
    expect(passed).toHaveLength(3);
  });

  it('[nestjs-resilience-5] opens when failures come at the same time', () => {
    const { breaker } = breakerOf();
    const begin = (): Permit[] => Array.from({ length: 200 }, () => breaker.tryAcquire(0));
    for (const permit of begin()) breaker.release(permit, 'failure', 10, 0);
    expect(breaker.state(10)).toBe('open');
    expect(begin().every((permit) => permit === REFUSED)).toBe(true);
  });
});

describe('what else a half-open circuit has to handle', () => {
  it('is not stuck when its probe never ends: it opens, and probes again', () => {
    const { breaker } = breakerOf({ ...quick, halfOpenCalls: 1 });
    call(breaker, 'failure', 0);
    breaker.tryAcquire(1000);
    expect(breaker.state(1500)).toBe('open');
    expect(breaker.tryAcquire(2500)).not.toBe(REFUSED);
  });

  it('is not stuck when an ignored probe never ends in success or failure', () => {
    const { breaker } = breakerOf({ ...quick, halfOpenCalls: 1 });
    call(breaker, 'failure', 0);
    for (let n = 0; n < 100; n++) expect(call(breaker, 'ignored', 1000 + n * 1000)).toBe(true);
  });

  it('opens at the first look after the machine slept through the whole open duration', () => {
    const { breaker } = breakerOf({ ...quick, halfOpenCalls: 1 });
    call(breaker, 'failure', 0);
    expect(call(breaker, 'success', 100 * HOUR)).toBe(true);
    expect(breaker.state(100 * HOUR)).toBe('closed');
  });
});

/** Accesses to the memory of a full window that counting one more failure takes. */
function touchesOfAFailure(
  window: CountWindow | TimeWindow,
  holder: string | undefined,
  memory: string,
  population: number,
): number {
  for (let n = 0; n < population; n++) window.record(n % 2 === 0, false, 0);
  const owner = holder === undefined ? window : (Reflect.get(window, holder) as object);
  let touches = 0;
  const counting = new Proxy(Reflect.get(owner, memory) as number[], {
    get: (target, key) => (touches++, Reflect.get(target, key) as unknown),
    set: (target, key, value) => (touches++, Reflect.set(target, key, value)),
  });
  Reflect.set(owner, memory, counting);
  window.record(true, false, 0);
  return touches;
}

/** Everything that an object holds for itself. */
function contentOf(object: object, shared: readonly unknown[]): { numbers: number; lists: number } {
  const content = { numbers: 0, lists: 0 };
  for (const value of Object.values(object) as unknown[]) {
    if (shared.includes(value) || typeof value !== 'object' || value === null) content.numbers++;
    else if (Array.isArray(value) || ArrayBuffer.isView(value)) content.lists++;
    else {
      const inner = contentOf(value, shared);
      content.numbers += inner.numbers;
      content.lists += inner.lists;
    }
  }
  return content;
}
