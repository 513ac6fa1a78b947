import { breakerOf, call, calls } from '../testing/drive-breaker.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { REFUSED } from './circuit-breaker.port.js';
import { resolveCircuitBreakerSettings } from './circuit-breaker.settings.js';

const byCount = (size: number) => ({ slidingWindow: { type: 'count', size } as const });
const byTime = (size: number) => ({ slidingWindow: { type: 'time', size } as const });

describe('a closed circuit', () => {
  it('lets calls pass and counts them', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 4 });
    expect(calls(breaker, 'SSFI')).toBe(4);
    expect(breaker.snapshot(0)).toStrictEqual({
      state: 'closed',
      generation: 1,
      calls: 3,
      failures: 1,
      slowCalls: 0,
      failureRate: undefined,
      slowCallRate: undefined,
      consecutiveFailures: 1,
      retryAfterMs: undefined,
      totals: { succeeded: 2, failed: 1, ignored: 1, refused: 0 },
    });
    calls(breaker, 'S');
    expect(breaker.snapshot(0)).toMatchObject({ calls: 4, failureRate: 25, consecutiveFailures: 0 });
    expect(breaker.retryAfterMs(0)).toBe(0);
    expect(transitions).toEqual([]);
  });

  it('opens at exactly the failure rate, and not one failure before', () => {
    const { breaker, transitions } = breakerOf({ ...byCount(10), failureRateThreshold: 40, minimumCalls: 10 });
    calls(breaker, 'SSSSSSSFFF');
    expect(breaker.snapshot(5)).toMatchObject({ state: 'closed', failureRate: 30 });
    expect(call(breaker, 'failure', 5)).toBe(true);
    expect(breaker.snapshot(5)).toMatchObject({ state: 'open', failureRate: 40, failures: 4, retryAfterMs: 30_000 });
    expect(transitions).toEqual([
      { from: 'closed', to: 'open', reason: 'failure-rate', generation: 2, openFor: 30_000 },
    ]);
  });

  it('does not judge rates below the minimum of calls', () => {
    const { breaker } = breakerOf({ minimumCalls: 5 });
    calls(breaker, 'FFFF');
    expect(breaker.state(0)).toBe('closed');
    calls(breaker, 'F');
    expect(breaker.state(0)).toBe('open');
  });

  it('is not opened by a success, but by the next failure', () => {
    const { breaker } = breakerOf({ minimumCalls: 4 });
    calls(breaker, 'FFFS');
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', failureRate: 75 });
    calls(breaker, 'F');
    expect(breaker.state(0)).toBe('open');
  });

  it('forgets calls that have left a count window', () => {
    const { breaker } = breakerOf({ ...byCount(4), minimumCalls: 4, failureRateThreshold: 50 });
    calls(breaker, 'FSSSFSSSF');
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', calls: 4, failures: 1 });
    calls(breaker, 'F');
    expect(breaker.state(0)).toBe('open');
  });

  it('forgets calls that have left a time window', () => {
    const { breaker } = breakerOf({ ...byTime(1000), minimumCalls: 3 });
    calls(breaker, 'FF', 0);
    expect(breaker.snapshot(999)).toMatchObject({ calls: 2, failures: 2 });
    expect(breaker.snapshot(1000)).toMatchObject({ calls: 0, failures: 0 });
    calls(breaker, 'FF', 1000);
    expect(breaker.state(1000)).toBe('closed');
    calls(breaker, 'F', 1999);
    expect(breaker.state(1999)).toBe('open');
  });

  it('opens after so many failures in a row, whatever the rates', () => {
    const { breaker, transitions } = breakerOf({ consecutiveFailures: 3 });
    calls(breaker, 'FFSFISFF');
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', consecutiveFailures: 2 });
    calls(breaker, 'IF');
    expect(breaker.state(0)).toBe('open');
    expect(transitions[0]?.reason).toBe('consecutive-failures');
  });

  it('opens at exactly the slow-call rate; a call is slow from slowCallDuration on', () => {
    const { breaker, transitions } = breakerOf({ slowCallRateThreshold: 50, slowCallDuration: 100, minimumCalls: 4 });
    for (const took of [99, 99.9, 100]) call(breaker, 'success', 10, took);
    expect(breaker.snapshot(0)).toMatchObject({ slowCalls: 1, slowCallRate: undefined });
    call(breaker, 'success', 10, 0);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', slowCallRate: 25, failureRate: 0 });
    call(breaker, 'success', 10, 100);
    expect(breaker.snapshot(110)).toMatchObject({ state: 'closed', slowCallRate: 40 });
    call(breaker, 'success', 10, 1000);
    expect(breaker.snapshot(1010)).toMatchObject({ state: 'open', slowCallRate: 50, retryAfterMs: 30_000 });
    expect(transitions[0]?.reason).toBe('slow-call-rate');
  });

  it('is opened by slow calls only with a slow-call threshold', () => {
    const { breaker } = breakerOf({ slowCallDuration: 1, minimumCalls: 1 });
    for (let n = 0; n < 50; n++) call(breaker, 'success', 0, 100_000);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', slowCalls: 0, slowCallRate: undefined });
  });

  it('counts a slow failure as both', () => {
    const { breaker } = breakerOf({ slowCallRateThreshold: 100, slowCallDuration: 100, minimumCalls: 10 });
    call(breaker, 'failure', 0, 100);
    expect(breaker.snapshot(100)).toMatchObject({ calls: 1, failures: 1, slowCalls: 1 });
  });

  it('counts nothing for an ignored call, slow or not', () => {
    const { breaker } = breakerOf({ slowCallRateThreshold: 1, slowCallDuration: 10, minimumCalls: 1 });
    call(breaker, 'ignored', 0, 100);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', calls: 0, totals: { ignored: 1, succeeded: 0 } });
  });

  it('looks at the time only for a time window or slow calls', () => {
    expect(breakerOf().breaker.usesTime).toBe(false);
    expect(breakerOf(byTime(1000)).breaker.usesTime).toBe(true);
    expect(breakerOf({ slowCallRateThreshold: 50 }).breaker.usesTime).toBe(true);
  });

  it('looks at the time that a call begins only for slow calls', () => {
    expect(breakerOf(byTime(1000)).breaker.timesCalls).toBe(false);
    expect(breakerOf({ slowCallRateThreshold: 50 }).breaker.timesCalls).toBe(true);
  });
});

describe('an open circuit', () => {
  const open = { minimumCalls: 1, openDuration: 1000, halfOpenCalls: 1, halfOpenMaxWait: 500 };

  it('refuses until its time has passed, and says for how long', () => {
    const { breaker } = breakerOf(open);
    call(breaker, 'failure', 100);
    expect(breaker.usesTime).toBe(true);
    expect(breaker.tryAcquire(100)).toBe(REFUSED);
    expect(breaker.retryAfterMs(100)).toBe(1000);
    expect(breaker.tryAcquire(1099.5)).toBe(REFUSED);
    expect(breaker.retryAfterMs(1099.5)).toBe(0.5);
    expect(breaker.snapshot(1099.5)).toMatchObject({ retryAfterMs: 0.5, totals: { refused: 2 } });
    expect(breaker.retryAfterMs(1100)).toBe(0);
    expect(breaker.tryAcquire(1100)).not.toBe(REFUSED);
  });

  it('becomes half-open with the call that may probe, not by being looked at', () => {
    const { breaker, transitions } = breakerOf(open);
    call(breaker, 'failure', 0);
    expect(breaker.state(5000)).toBe('open');
    expect(breaker.snapshot(5000)).toMatchObject({ state: 'open', generation: 2, retryAfterMs: 0 });
    breaker.tryAcquire(5000);
    expect(breaker.state(5000)).toBe('half-open');
    expect(transitions[1]).toEqual({
      from: 'open',
      to: 'half-open',
      reason: 'open-duration-passed',
      generation: 3,
      openFor: undefined,
    });
  });

  it('stays open for longer each time in a row, and starts anew once it was closed', () => {
    const { breaker, transitions } = breakerOf({
      ...open,
      openDuration: (timesOpened) => 100 * 2 ** timesOpened,
      maxOpenDuration: 1000,
    });
    let now = 0;
    for (let n = 0; n < 5; n++) {
      call(breaker, 'failure', now);
      expect(breaker.timesOpened).toBe(n + 1);
      now += breaker.retryAfterMs(now) ?? 0;
    }
    expect(call(breaker, 'success', now)).toBe(true);
    expect(breaker.timesOpened).toBe(0);
    call(breaker, 'failure', now);
    const opened = transitions.filter(({ to }) => to === 'open').map(({ openFor }) => openFor);
    expect(opened).toEqual([200, 400, 800, 1000, 1000, 200]);
  });

  it('takes the default when openDuration throws', () => {
    const { breaker } = breakerOf({
      ...open,
      openDuration: () => {
        throw new Error('broken');
      },
    });
    expect(() => call(breaker, 'failure', 0)).not.toThrow();
    expect(breaker.retryAfterMs(0)).toBe(30_000);
  });

  it('keeps out the results of calls that began before it opened', () => {
    const { breaker } = breakerOf(open);
    const [late, later] = [breaker.tryAcquire(0), breaker.tryAcquire(0)];
    call(breaker, 'failure', 0);
    const before = breaker.snapshot(0);
    breaker.release(late, 'success', 10, 0);
    breaker.release(later, 'failure', 10, 0);
    expect(breaker.snapshot(0)).toEqual(before);
  });

  it('stays open while another process probes, and cannot say for how long', () => {
    let mayProbe = false;
    const asked: number[] = [];
    const { breaker } = breakerOf(open, {
      mayProbe: (now) => {
        asked.push(now);
        return mayProbe;
      },
    });
    call(breaker, 'failure', 0);
    expect(breaker.tryAcquire(999)).toBe(REFUSED);
    expect(asked).toEqual([]);
    expect(breaker.tryAcquire(1000)).toBe(REFUSED);
    expect(asked).toEqual([1000]);
    expect(breaker.state(1000)).toBe('open');
    expect(breaker.retryAfterMs(1000)).toBeUndefined();
    expect(breaker.snapshot(1000).totals.refused).toBe(2);
    mayProbe = true;
    expect(call(breaker, 'failure', 1001)).toBe(true);
    expect(breaker.retryAfterMs(1001)).toBe(1000);
    expect(breaker.retryAfterMs(2001)).toBe(0);
  });

  it('counts on itself when mayProbe throws, after a refusal too', () => {
    let asked = 0;
    const { breaker } = breakerOf(open, {
      mayProbe: () => {
        if (asked++ === 0) return false;
        throw new Error('the store is away');
      },
    });
    call(breaker, 'failure', 0);
    expect(breaker.tryAcquire(1000)).toBe(REFUSED);
    expect(breaker.tryAcquire(1000)).not.toBe(REFUSED);
    expect(breaker.state(1000)).toBe('half-open');
  });
});

describe('a listener of a circuit', () => {
  it('that throws does not touch the call', () => {
    const { breaker } = breakerOf(
      { minimumCalls: 1 },
      {
        onTransition: () => {
          throw new Error('broken listener');
        },
      },
    );
    expect(() => call(breaker, 'failure')).not.toThrow();
    expect(breaker.state(0)).toBe('open');
  });

  it('may move the circuit on', () => {
    const breaker: CircuitBreaker = new CircuitBreaker(
      resolveCircuitBreakerSettings({ minimumCalls: 1, openDuration: 10 }),
      { onTransition: ({ to }) => to === 'half-open' && breaker.forceOpen(10) },
    );
    call(breaker, 'failure', 0);
    expect(breaker.tryAcquire(10)).toBe(REFUSED);
    expect(breaker.state(10)).toBe('forced-open');
    expect(breaker.snapshot(10).totals.refused).toBe(1);
  });

  it('is not needed', () => {
    const breaker = new CircuitBreaker(resolveCircuitBreakerSettings({ minimumCalls: 1, openDuration: 10 }));
    call(breaker, 'failure', 0);
    expect(call(breaker, 'success', 10)).toBe(true);
  });
});

describe('a circuit set by hand', () => {
  it('refuses everything while it is forced open, and nobody can say for how long', () => {
    const { breaker, transitions } = breakerOf();
    breaker.forceOpen(0);
    expect(breaker.tryAcquire(3_600_000)).toBe(REFUSED);
    expect(breaker.retryAfterMs(3_600_000)).toBeUndefined();
    expect(breaker.usesTime).toBe(false);
    expect(breaker.snapshot(0)).toMatchObject({
      state: 'forced-open',
      retryAfterMs: undefined,
      totals: { refused: 1 },
    });
    expect(transitions).toEqual([
      { from: 'closed', to: 'forced-open', reason: 'by-hand', generation: 2, openFor: undefined },
    ]);
  });

  it('lets all pass and counts nothing while it is disabled', () => {
    const { breaker } = breakerOf({ ...byTime(1000), minimumCalls: 1, consecutiveFailures: 1 });
    breaker.disable(0);
    expect(breaker.usesTime).toBe(false);
    expect(calls(breaker, 'FSIF')).toBe(4);
    expect(breaker.retryAfterMs(0)).toBe(0);
    expect(breaker.snapshot(0)).toMatchObject({
      state: 'disabled',
      calls: 0,
      consecutiveFailures: 0,
      totals: { succeeded: 0, failed: 0, ignored: 0, refused: 0 },
    });
  });

  it('keeps out what began while it was disabled', () => {
    const { breaker } = breakerOf({ minimumCalls: 1 });
    breaker.disable(0);
    const permit = breaker.tryAcquire(0);
    breaker.close(0);
    breaker.release(permit, 'failure', 0, 0);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', calls: 0 });
  });

  it('counts and never opens while it takes metrics only', () => {
    const { breaker } = breakerOf({
      minimumCalls: 1,
      consecutiveFailures: 1,
      slowCallRateThreshold: 1,
      slowCallDuration: 10,
    });
    breaker.metricsOnly(0);
    expect(breaker.usesTime).toBe(true);
    expect(calls(breaker, 'FFFS')).toBe(4);
    call(breaker, 'success', 0, 10);
    expect(breaker.snapshot(0)).toMatchObject({
      state: 'metrics-only',
      calls: 5,
      failureRate: 60,
      slowCallRate: 20,
      totals: { succeeded: 2, failed: 3 },
    });
    expect(breakerWithoutClock().usesTime).toBe(false);
  });

  function breakerWithoutClock(): CircuitBreaker {
    const { breaker } = breakerOf();
    breaker.metricsOnly(0);
    return breaker;
  }

  it('counts anew from where it begins to take metrics only', () => {
    const { breaker } = breakerOf();
    const late = breaker.tryAcquire(0);
    calls(breaker, 'FF');
    breaker.metricsOnly(0);
    breaker.release(late, 'failure', 0, 0);
    expect(breaker.snapshot(0)).toMatchObject({ calls: 0, consecutiveFailures: 0 });
  });

  it.each(['forceOpen', 'disable', 'metricsOnly'] as const)('tells %s once, and leaves it with close', (byHand) => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1 });
    call(breaker, 'failure');
    breaker[byHand](0);
    breaker[byHand](0);
    breaker.close(0);
    expect(transitions.map(({ reason, generation }) => [reason, generation])).toEqual([
      ['failure-rate', 2],
      ['by-hand', 3],
      ['by-hand', 4],
    ]);
    expect(breaker.timesOpened).toBe(0);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', calls: 0, consecutiveFailures: 0 });
    expect(call(breaker, 'success')).toBe(true);
  });

  it.each(['forceOpen', 'disable', 'metricsOnly'] as const)('is not moved from %s by other processes', (byHand) => {
    const { breaker, transitions } = breakerOf();
    breaker[byHand](0);
    breaker.openFor(1000, 0);
    breaker.adoptClosed(0);
    expect(transitions).toHaveLength(1);
    expect(breaker.timesOpened).toBe(0);
  });

  it('starts with an empty window when it is closed, even if it was', () => {
    const { breaker, transitions } = breakerOf();
    const late = breaker.tryAcquire(0);
    calls(breaker, 'FFF');
    breaker.close(0);
    breaker.release(late, 'failure', 0, 0);
    expect(breaker.snapshot(0)).toMatchObject({ calls: 0, failures: 0, consecutiveFailures: 0, generation: 2 });
    expect(transitions).toEqual([]);
  });

  it('is closed while it is open, by hand', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1 });
    call(breaker, 'failure');
    breaker.close(1);
    expect(breaker.usesTime).toBe(false);
    expect(transitions[1]).toEqual({
      from: 'open',
      to: 'closed',
      reason: 'by-hand',
      generation: 3,
      openFor: undefined,
    });
  });
});

describe('a circuit that resumes', () => {
  it('is open again until its time is up', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1, openDuration: 1000 });
    call(breaker, 'failure', 0);
    breaker.disable(100);
    breaker.resume(400);
    expect(breaker.retryAfterMs(400)).toBe(600);
    expect(breaker.timesOpened).toBe(1);
    expect(transitions[2]).toEqual({ from: 'disabled', to: 'open', reason: 'by-hand', generation: 4, openFor: 600 });
  });

  it('asks the next call when its time is up already, also if it was half-open', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1, openDuration: 1000 });
    call(breaker, 'failure', 0);
    breaker.tryAcquire(1000);
    breaker.forceOpen(1000);
    breaker.resume(5000);
    expect(breaker.state(5000)).toBe('open');
    expect(transitions.at(-1)?.openFor).toBe(0);
    expect(breaker.tryAcquire(5000)).not.toBe(REFUSED);
    expect(breaker.state(5000)).toBe('half-open');
  });

  it('is closed if it was', () => {
    const { breaker, transitions } = breakerOf();
    breaker.metricsOnly(0);
    breaker.resume(0);
    expect(transitions[1]).toMatchObject({ from: 'metrics-only', to: 'closed', reason: 'by-hand' });
  });

  it('does nothing when nothing was set by hand', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1 });
    calls(breaker, 'S');
    breaker.resume(0);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', calls: 1, generation: 1 });
    call(breaker, 'failure', 0);
    breaker.resume(0);
    expect(transitions).toHaveLength(1);
  });
});

describe('what another process has seen', () => {
  const options = { minimumCalls: 1, openDuration: 1000, halfOpenCalls: 1, halfOpenMaxWait: 500 };

  it('opens a closed circuit for so long', () => {
    const { breaker, transitions } = breakerOf(options);
    const late = breaker.tryAcquire(0);
    breaker.openFor(700, 100);
    expect(transitions).toEqual([{ from: 'closed', to: 'open', reason: 'shared-state', generation: 2, openFor: 700 }]);
    expect(breaker.retryAfterMs(100)).toBe(700);
    expect(breaker.timesOpened).toBe(1);
    breaker.release(late, 'success', 100, 0);
    expect(breaker.tryAcquire(799)).toBe(REFUSED);
    expect(breaker.tryAcquire(800)).not.toBe(REFUSED);
  });

  it('opens a half-open circuit, once more in a row', () => {
    const { breaker, transitions } = breakerOf(options);
    call(breaker, 'failure', 0);
    const probe = breaker.tryAcquire(1000);
    breaker.openFor(300, 1000);
    breaker.release(probe, 'success', 1001, 1000);
    expect(breaker.timesOpened).toBe(2);
    expect(transitions[2]).toMatchObject({ from: 'half-open', to: 'open', reason: 'shared-state', openFor: 300 });
    expect(breaker.retryAfterMs(1001)).toBe(299);
  });

  it('keeps an open circuit open for the longer of the two, and tells nobody', () => {
    const { breaker, transitions } = breakerOf(options);
    call(breaker, 'failure', 0);
    breaker.openFor(500, 100);
    expect(breaker.retryAfterMs(100)).toBe(900);
    breaker.openFor(950, 100);
    expect(breaker.retryAfterMs(100)).toBe(950);
    expect(breaker.timesOpened).toBe(1);
    expect(transitions).toHaveLength(1);
  });

  it('counts how often it opened, as far as that is more than is known here', () => {
    const { breaker } = breakerOf(options);
    breaker.openFor(10, 0, 4);
    expect(breaker.timesOpened).toBe(4);
    breaker.openFor(10, 0, 2);
    expect(breaker.timesOpened).toBe(4);
    breaker.openFor(10, 0, 6);
    expect(breaker.timesOpened).toBe(6);
    breaker.tryAcquire(10);
    breaker.openFor(10, 10, 3);
    expect(breaker.timesOpened).toBe(7);
  });

  it.each([0, -1, Number.NaN, Infinity])('does not open a circuit for %p ms', (openFor) => {
    const { breaker, transitions } = breakerOf(options);
    breaker.openFor(openFor, 0);
    call(breaker, 'failure', 0);
    breaker.openFor(openFor, 100);
    expect(breaker.retryAfterMs(100)).toBe(900);
    expect(transitions).toHaveLength(1);
  });

  it('closes an open circuit, and a half-open one', () => {
    const { breaker, transitions } = breakerOf(options);
    call(breaker, 'failure', 0);
    breaker.adoptClosed(10);
    expect(transitions[1]).toMatchObject({ from: 'open', to: 'closed', reason: 'shared-state' });
    expect(breaker.timesOpened).toBe(0);
    call(breaker, 'failure', 10);
    const probe = breaker.tryAcquire(1010);
    breaker.adoptClosed(1010);
    expect(transitions[4]).toMatchObject({ from: 'half-open', to: 'closed', reason: 'shared-state' });
    breaker.release(probe, 'failure', 1011, 1010);
    expect(breaker.snapshot(1011)).toMatchObject({ state: 'closed', calls: 0 });
  });

  it('leaves a closed circuit and its window alone when that closed too', () => {
    const { breaker, transitions } = breakerOf();
    calls(breaker, 'FS');
    breaker.adoptClosed(0);
    expect(breaker.snapshot(0)).toMatchObject({ calls: 2, generation: 1 });
    expect(transitions).toEqual([]);
  });

  it('comes after what time has decided here', () => {
    const { breaker, transitions } = breakerOf(options);
    call(breaker, 'failure', 0);
    breaker.tryAcquire(1000);
    breaker.openFor(100, 1600);
    expect(transitions.map(({ reason }) => reason)).toEqual([
      'failure-rate',
      'open-duration-passed',
      'half-open-max-wait',
    ]);
    expect(breaker.retryAfterMs(1600)).toBe(900);
  });
});

describe('a circuit with other settings', () => {
  it('keeps its state, and a running open period', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1, openDuration: 1000 });
    call(breaker, 'failure', 0);
    breaker.reconfigure(resolveCircuitBreakerSettings({ minimumCalls: 1, openDuration: 50, halfOpenCalls: 1 }), 10);
    expect(breaker.retryAfterMs(10)).toBe(990);
    call(breaker, 'failure', 1000);
    expect(breaker.retryAfterMs(1000)).toBe(50);
    expect(transitions).toHaveLength(3);
  });

  it('keeps the window, and judges it by the new thresholds at the next failure', () => {
    const { breaker } = breakerOf({ minimumCalls: 100 });
    calls(breaker, 'FFSS');
    breaker.reconfigure(resolveCircuitBreakerSettings({ minimumCalls: 4 }), 0);
    expect(breaker.snapshot(0)).toMatchObject({ state: 'closed', calls: 4, failureRate: 50, generation: 1 });
    calls(breaker, 'F');
    expect(breaker.snapshot(0)).toMatchObject({ state: 'open', failureRate: 60 });
  });

  it('keeps calls in flight, as long as it needs no clock that it did not need before', () => {
    const { breaker } = breakerOf();
    const inFlight = breaker.tryAcquire(0);
    breaker.reconfigure(resolveCircuitBreakerSettings({ minimumCalls: 7 }), 0);
    breaker.release(inFlight, 'failure', 0, 0);
    expect(breaker.snapshot(0).calls).toBe(1);

    const untimed = breaker.tryAcquire(0);
    breaker.reconfigure(resolveCircuitBreakerSettings({ slowCallRateThreshold: 50, slowCallDuration: 10 }), 5000);
    expect(breaker.usesTime).toBe(true);
    breaker.release(untimed, 'success', 5000, 0);
    expect(breaker.snapshot(5000)).toMatchObject({ calls: 1, slowCalls: 0 });

    const timed = breaker.tryAcquire(5000);
    breaker.reconfigure(resolveCircuitBreakerSettings({ slowCallRateThreshold: 50, slowCallDuration: 20 }), 5000);
    breaker.release(timed, 'success', 5019, 5000);
    call(breaker, 'success', 5000, 20);
    expect(breaker.snapshot(5020)).toMatchObject({ calls: 3, slowCalls: 1 });
    breaker.reconfigure(resolveCircuitBreakerSettings(), 5020);
    expect(breaker.usesTime).toBe(false);
  });

  it('takes along what fits into a window of another size', () => {
    const { breaker } = breakerOf(byCount(5));
    calls(breaker, 'FFSSF');
    breaker.reconfigure(resolveCircuitBreakerSettings(byCount(3)), 0);
    expect(breaker.snapshot(0)).toMatchObject({ calls: 3, failures: 1 });
    const timed = breakerOf(byTime(1000)).breaker;
    calls(timed, 'F', 0);
    calls(timed, 'F', 900);
    timed.reconfigure(resolveCircuitBreakerSettings(byTime(200)), 900);
    expect(timed.snapshot(900)).toMatchObject({ calls: 1, failures: 1 });
    expect(timed.snapshot(1100).calls).toBe(0);
  });

  it('starts a window of the other type empty', () => {
    const { breaker } = breakerOf(byCount(5));
    calls(breaker, 'FFSSF');
    breaker.reconfigure(resolveCircuitBreakerSettings(byTime(5)), 10);
    expect(breaker.snapshot(10)).toMatchObject({ calls: 0, failures: 0 });
    calls(breaker, 'F', 10);
    expect(breaker.snapshot(15).calls).toBe(0);
  });

  it('closes a half-open circuit whose probes are enough now', () => {
    const { breaker, transitions } = breakerOf({ minimumCalls: 1, openDuration: 10, halfOpenCalls: 3 });
    call(breaker, 'failure', 0);
    calls(breaker, 'SS', 10);
    breaker.reconfigure(resolveCircuitBreakerSettings({ halfOpenCalls: 2 }), 10);
    expect(breaker.state(10)).toBe('closed');
    expect(transitions[2]?.reason).toBe('probes-succeeded');
  });

  it('does not bring back a lease that was lost under the old ones', () => {
    const { breaker } = breakerOf({ minimumCalls: 1, openDuration: 10, halfOpenCalls: 2, halfOpenMaxWait: 100 });
    call(breaker, 'failure', 0);
    const hung = breaker.tryAcquire(10);
    call(breaker, 'success', 10);
    breaker.reconfigure(resolveCircuitBreakerSettings({ halfOpenCalls: 2, halfOpenMaxWait: 1000 }), 110);
    breaker.release(hung, 'failure', 111, 10);
    expect(breaker.state(111)).toBe('half-open');
    expect(call(breaker, 'success', 111)).toBe(true);
    expect(breaker.state(111)).toBe('closed');
  });
});
