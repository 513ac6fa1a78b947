import type { CircuitBreakerOptions } from '../../options/circuit-breaker.options.js';
import { breakerOf, call, calls } from '../testing/drive-breaker.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import { REFUSED, type CircuitTransition } from './circuit-breaker.port.js';

/** A circuit that opened at 0 and asks its first probe from 1000 on. */
function tripped(options: CircuitBreakerOptions = {}): {
  breaker: CircuitBreaker;
  reasons: () => unknown[];
  last: () => CircuitTransition | undefined;
} {
  const { breaker, transitions } = breakerOf({
    minimumCalls: 1,
    openDuration: 1000,
    halfOpenCalls: 3,
    halfOpenMaxWait: 500,
    ...options,
  });
  call(breaker, 'failure', 0);
  return { breaker, reasons: () => transitions.slice(2).map(({ reason }) => reason), last: () => transitions.at(-1) };
}

describe('a half-open circuit', () => {
  it('lets its probes through, and refuses the rest with the time of the first lease', () => {
    const { breaker } = tripped();
    const permits = [1000, 1100, 1200, 1200, 1300].map((now) => breaker.tryAcquire(now));
    expect(permits.map((permit) => permit === REFUSED)).toEqual([false, false, false, true, true]);
    expect(new Set(permits).size).toBe(4);
    expect(breaker.snapshot(1300).totals.refused).toBe(2);
    expect(breaker.retryAfterMs(1300)).toBe(200);
    expect(breaker.usesTime).toBe(true);
  });

  it('has a chance for everybody while there is room', () => {
    const { breaker } = tripped();
    breaker.tryAcquire(1000);
    breaker.tryAcquire(1000);
    expect(breaker.retryAfterMs(1000)).toBe(0);
    breaker.tryAcquire(1000);
    expect(breaker.retryAfterMs(1000)).toBe(500);
  });

  it('closes when all its probes have succeeded, with an empty window', () => {
    const { breaker, last } = tripped();
    expect(calls(breaker, 'SS', 1000)).toBe(2);
    expect(breaker.state(1000)).toBe('half-open');
    expect(call(breaker, 'success', 1000)).toBe(true);
    expect(last()).toEqual({
      from: 'half-open',
      to: 'closed',
      reason: 'probes-succeeded',
      generation: 4,
      openFor: undefined,
    });
    expect(breaker.snapshot(1000)).toMatchObject({
      calls: 0,
      consecutiveFailures: 0,
      totals: { succeeded: 3, failed: 1 },
    });
  });

  it('gives no more permits than successes are missing', () => {
    const { breaker } = tripped();
    const first = breaker.tryAcquire(1000);
    breaker.release(first, 'success', 1000, 1000);
    expect([1, 2, 3].map(() => breaker.tryAcquire(1000) === REFUSED)).toEqual([false, false, true]);
  });

  it('opens again when its first probe fails, for a full open duration', () => {
    const { breaker, last } = tripped();
    call(breaker, 'failure', 1200);
    expect(last()).toMatchObject({ from: 'half-open', to: 'open', reason: 'probes-failed', openFor: 1000 });
    expect(breaker.retryAfterMs(1200)).toBe(1000);
    expect(breaker.timesOpened).toBe(2);
    expect(breaker.snapshot(1200).totals).toMatchObject({ failed: 2, succeeded: 0 });
  });

  it('opens again when the share of failed probes is exactly at the threshold', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 10, failureRateThreshold: 25 });
    calls(breaker, 'SSSF', 1000);
    expect(reasons()).toEqual(['probes-failed']);
  });

  it('goes on when a failed probe leaves the share below the threshold, until enough have succeeded', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 5, failureRateThreshold: 25 });
    calls(breaker, 'SSSSF', 1000);
    expect(breaker.state(1000)).toBe('half-open');
    calls(breaker, 'S', 1000);
    expect(reasons()).toEqual(['probes-succeeded']);
  });

  it('opens again when as many probes failed as have to succeed, whatever the share', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 3, failureRateThreshold: 100 });
    calls(breaker, 'SFF', 1000);
    expect(breaker.state(1000)).toBe('half-open');
    calls(breaker, 'F', 1000);
    expect(reasons()).toEqual(['probes-failed']);
  });

  it('opens again when the share of slow probes is exactly at the threshold', () => {
    const { breaker, reasons } = tripped({ slowCallRateThreshold: 50, slowCallDuration: 100, halfOpenCalls: 4 });
    call(breaker, 'success', 1000, 99);
    call(breaker, 'success', 1100, 100);
    expect(reasons()).toEqual(['probes-failed']);
  });

  it('closes when the share of slow probes stays below the threshold', () => {
    const { breaker, reasons } = tripped({ slowCallRateThreshold: 51, slowCallDuration: 100, halfOpenCalls: 2 });
    call(breaker, 'success', 1000, 99);
    call(breaker, 'success', 1100, 100);
    expect(reasons()).toEqual(['probes-succeeded']);
  });

  it('does not mind slow probes without a threshold for them', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 1, slowCallDuration: 1 });
    call(breaker, 'success', 1000, 499);
    expect(reasons()).toEqual(['probes-succeeded']);
  });

  it('takes an ignored probe for none: its permit is free and nothing is decided', () => {
    const { breaker } = tripped({ halfOpenCalls: 1 });
    for (let n = 0; n < 10; n++) expect(call(breaker, 'ignored', 1000, 40)).toBe(true);
    expect(breaker.snapshot(1100)).toMatchObject({
      state: 'half-open',
      totals: { ignored: 10, succeeded: 0, failed: 1 },
    });
    call(breaker, 'success', 1100);
    expect(breaker.state(1100)).toBe('closed');
  });

  it('opens again when its callers give up, one after the other, before halfOpenMaxWait', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 1 });
    for (let now = 1000; now < 1400; now += 100) call(breaker, 'ignored', now, 100);
    expect(breaker.state(1400)).toBe('half-open');
    call(breaker, 'ignored', 1400, 100);
    expect(reasons()).toEqual(['half-open-max-wait']);
    expect(breaker.tryAcquire(1500)).toBe(REFUSED);
  });

  it('waits anew after each answer', () => {
    const { breaker } = tripped({ halfOpenCalls: 2 });
    call(breaker, 'ignored', 1000, 400);
    call(breaker, 'success', 1400);
    call(breaker, 'ignored', 1400, 400);
    expect(breaker.state(1800)).toBe('half-open');
  });

  it('counts a probe once, however often it is released', () => {
    const { breaker } = tripped();
    const probe = breaker.tryAcquire(1000);
    for (let n = 0; n < 5; n++) breaker.release(probe, 'success', 1000, 1000);
    expect(breaker.snapshot(1000)).toMatchObject({ state: 'half-open', totals: { succeeded: 1 } });
    const ignored = breaker.tryAcquire(1000);
    breaker.release(ignored, 'ignored', 1000, 1000);
    breaker.release(ignored, 'failure', 1000, 1000);
    expect(breaker.snapshot(1000)).toMatchObject({ state: 'half-open', totals: { ignored: 1, failed: 1 } });
  });

  it('keeps out the probes of an earlier half-open period', () => {
    const { breaker } = tripped();
    const early = breaker.tryAcquire(1000);
    call(breaker, 'failure', 1000);
    calls(breaker, 'SS', 2000);
    breaker.release(early, 'success', 2000, 1000);
    expect(breaker.snapshot(2000)).toMatchObject({ state: 'half-open', totals: { succeeded: 2 } });
    breaker.release(REFUSED, 'success', 2000, 2000);
    expect(breaker.state(2000)).toBe('half-open');
  });

  it('opens again when nobody answers for halfOpenMaxWait', () => {
    const { breaker, last, reasons } = tripped();
    const probe = breaker.tryAcquire(1000);
    breaker.tryAcquire(1400);
    expect(breaker.state(1499)).toBe('half-open');
    expect(breaker.tryAcquire(1500)).toBe(REFUSED);
    expect(last()).toMatchObject({ to: 'open', reason: 'half-open-max-wait', openFor: 1000 });
    expect(breaker.timesOpened).toBe(2);
    breaker.release(probe, 'success', 1501, 1000);
    expect(reasons()).toEqual(['half-open-max-wait']);
  });

  it.each(['state', 'snapshot', 'retryAfterMs', 'tryAcquire', 'forceOpen', 'close', 'adoptClosed'] as const)(
    'has opened at the end of that wait, however late %s asks',
    (ask) => {
      const { breaker, reasons } = tripped();
      breaker.tryAcquire(1000);
      breaker[ask](1700);
      expect(reasons()[0]).toBe('half-open-max-wait');
    },
  );

  it('stays open from the end of that wait on, not from when it was asked', () => {
    const { breaker, last } = tripped();
    breaker.tryAcquire(1000);
    expect(breaker.retryAfterMs(1700)).toBe(800);
    expect(last()?.openFor).toBe(800);
    expect(breaker.tryAcquire(2499)).toBe(REFUSED);
    expect(breaker.tryAcquire(2500)).not.toBe(REFUSED);
  });

  it('probes at once when it is asked after that open period, too', () => {
    const { breaker, reasons, last } = tripped();
    breaker.tryAcquire(1000);
    expect(breaker.tryAcquire(3_600_000)).not.toBe(REFUSED);
    expect(reasons()).toEqual(['half-open-max-wait', 'open-duration-passed']);
    expect(last()?.to).toBe('half-open');
  });

  it('tells 0 when the open period was over before it was asked', () => {
    const { breaker, last } = tripped();
    breaker.tryAcquire(1000);
    expect(breaker.state(9000)).toBe('open');
    expect(last()?.openFor).toBe(0);
  });

  it('takes the permit of a probe that alone does not answer, and gives it to another', () => {
    const { breaker } = tripped({ halfOpenCalls: 2 });
    const hung = breaker.tryAcquire(1000);
    call(breaker, 'success', 1100);
    expect(breaker.tryAcquire(1499)).toBe(REFUSED);
    expect(breaker.retryAfterMs(1499)).toBe(1);
    expect(breaker.retryAfterMs(1500)).toBe(0);
    const other = breaker.tryAcquire(1500);
    expect(other).not.toBe(REFUSED);
    breaker.release(hung, 'failure', 1501, 1000);
    expect(breaker.state(1501)).toBe('half-open');
    breaker.release(other, 'success', 1502, 1500);
    expect(breaker.state(1502)).toBe('closed');
  });

  it('takes an answer for one to the probes before it only', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 3 });
    call(breaker, 'success', 1000);
    breaker.tryAcquire(1000);
    breaker.tryAcquire(1000);
    expect(breaker.state(1500)).toBe('open');
    expect(reasons()).toEqual(['half-open-max-wait']);
  });

  it('does not take an ignored probe for an answer', () => {
    const { breaker } = tripped({ halfOpenCalls: 2 });
    breaker.tryAcquire(1000);
    call(breaker, 'ignored', 1100);
    expect(breaker.state(1500)).toBe('open');
  });

  it('takes several leases that have run out at once', () => {
    const { breaker } = tripped({ halfOpenCalls: 4 });
    breaker.tryAcquire(1000);
    breaker.tryAcquire(1000);
    call(breaker, 'success', 1000);
    expect([1, 2, 3, 4].map(() => breaker.tryAcquire(1600) === REFUSED)).toEqual([false, false, false, true]);
  });

  it('waits for callers as long as it takes: rare ones close it too', () => {
    const { breaker, reasons } = tripped();
    for (const now of [60_000, 120_000, 180_000]) expect(call(breaker, 'success', now)).toBe(true);
    expect(reasons()).toEqual(['probes-succeeded']);
  });

  it('is closed, forced and disabled by hand like any other', () => {
    for (const byHand of ['close', 'forceOpen', 'disable', 'metricsOnly'] as const) {
      const { breaker, last } = tripped();
      const probe = breaker.tryAcquire(1000);
      breaker[byHand](1000);
      const before = breaker.snapshot(1001);
      breaker.release(probe, 'failure', 1001, 1000);
      expect(breaker.snapshot(1001)).toEqual(before);
      expect(last()).toMatchObject({ from: 'half-open', reason: 'by-hand' });
    }
  });

  it('does not hold the time that a probe waits in a queue against its dependency', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 1 });
    const permit = breaker.tryAcquire(1000);
    breaker.suspend(permit);
    expect([breaker.state(9_000), breaker.tryAcquire(9_000), breaker.retryAfterMs(9_000)]).toEqual([
      'half-open',
      REFUSED,
      undefined,
    ]);
    expect(breaker.renew(permit, 9_000)).toBe(permit);
    expect(breaker.retryAfterMs(9_100)).toBe(400);
    breaker.release(permit, 'success', 9_400, 9_000);
    expect(reasons()).toEqual(['probes-succeeded']);
  });

  it('gives the place of a probe that gave up in a queue to another, and loses no patience', () => {
    const { breaker, reasons } = tripped({ halfOpenCalls: 1 });
    const permit = breaker.tryAcquire(1000);
    breaker.suspend(permit);
    breaker.release(permit, 'ignored', 9_000, 0);
    expect([breaker.state(9_000), breaker.retryAfterMs(9_000), reasons()]).toEqual(['half-open', 0, []]);
  });

  it('expires the probe whose work began and that does not answer, with others in the queue', () => {
    const { breaker, last } = tripped({ halfOpenCalls: 2 });
    const [queued, sent] = [breaker.tryAcquire(1000), breaker.tryAcquire(1000)];
    breaker.suspend(queued);
    expect([breaker.retryAfterMs(1_100), breaker.state(1_500), last()?.reason]).toEqual([
      400,
      'open',
      'half-open-max-wait',
    ]);
    expect([breaker.renew(queued, 1_600), breaker.renew(sent, 1_600)]).toEqual([REFUSED, REFUSED]);
  });
});

describe('a permit that is renewed after a wait', () => {
  it('is the same in the same period', () => {
    const { breaker } = breakerOf({});
    const permit = breaker.tryAcquire(0);
    breaker.suspend(permit);
    expect(breaker.renew(permit, 10)).toBe(permit);
    breaker.disable(10);
    const uncounted = breaker.tryAcquire(10);
    expect(breaker.renew(uncounted, 20)).toBe(uncounted);
  });

  it('is refused by a circuit that has opened, and one of the new period when it has closed again', () => {
    const { breaker } = breakerOf({ consecutiveFailures: 1, openDuration: 1000 });
    const waiting = breaker.tryAcquire(0);
    call(breaker, 'failure', 0);
    expect(breaker.renew(waiting, 10)).toBe(REFUSED);
    breaker.close(20);
    const renewed = breaker.renew(waiting, 20);
    expect([REFUSED, waiting]).not.toContain(renewed);
    breaker.release(renewed, 'success', 30, 20);
    expect(breaker.snapshot(30).calls).toBe(1);
  });

  it('is a probe of a half-open circuit that has room', () => {
    const { breaker } = breakerOf({ consecutiveFailures: 1, openDuration: 1000, halfOpenCalls: 1 });
    const waiting = [breaker.tryAcquire(0), breaker.tryAcquire(0)];
    call(breaker, 'failure', 0);
    const renewed = waiting.map((permit) => breaker.renew(permit, 1000));
    expect(renewed).toEqual([expect.any(Number), REFUSED]);
    breaker.release(renewed[0] ?? REFUSED, 'success', 1010, 1000);
    expect(breaker.state(1010)).toBe('closed');
  });

  it('is an ordinary one again when it was given while nothing was counted', () => {
    const { breaker } = breakerOf({});
    breaker.disable(0);
    const uncounted = breaker.tryAcquire(0);
    breaker.close(0);
    breaker.release(breaker.renew(uncounted, 10), 'success', 20, 10);
    expect(breaker.snapshot(20).calls).toBe(1);
  });
});
