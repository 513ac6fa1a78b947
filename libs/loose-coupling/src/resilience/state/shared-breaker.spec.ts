import { AsyncLocalStorage } from 'node:async_hooks';
import { FakeClock } from '../../testing/fake-clock.js';
import { REFUSED } from '../core/breaker/circuit-breaker.port.js';
import { CircuitBreakerFunction } from './circuit-breaker-function.js';
import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';
import { BreakerProcess } from './testing/breaker-process.js';

describe('a breaker whose circuit is shared', () => {
  it('stays open when the function has counted a failure just before it opened', async () => {
    const clock = new FakeClock();
    const shared = new MemoryCircuitStateStore();
    const one = new BreakerProcess(shared, clock);
    await clock.advance(0);
    await new CircuitBreakerFunction(shared, { clock }).handler({ action: 'failure', service_name: 'inventory' });
    one.trip();
    await clock.advance(10);
    expect(one.state).toBe('open');
    expect((await shared.read(['inventory']))[0]?.state).toBe('open');
  });

  it('is written outside the call that opened it, and outside its context', async () => {
    const clock = new FakeClock();
    const caller = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    class Watched extends MemoryCircuitStateStore {
      override write(...call: Parameters<MemoryCircuitStateStore['write']>) {
        seen.push(caller.getStore());
        return super.write(...call);
      }
    }
    const one = new BreakerProcess(new Watched(), clock);
    await clock.advance(0);
    caller.run('alice', () => one.trip());
    expect(seen).toEqual([]);
    await clock.advance(0);
    expect(seen).toEqual([undefined]);
  });

  it('lets one probe through, not every call, where the open time had passed before anybody looked', async () => {
    const clock = new FakeClock();
    const shared = new MemoryCircuitStateStore();
    const one = new BreakerProcess(shared, clock);
    await clock.advance(0);
    one.trip();
    await clock.advance(10_500);
    const late = new BreakerProcess(shared, clock);
    await clock.advance(1);
    expect(late.state).toBe('open');
    // The first call after a rest asks for the lease; of those after it as many as may probe are let through.
    await clock.advance(2_000);
    expect(late.call('success')).toBe(false);
    await clock.advance(0);
    expect([late.begin(), late.begin(), late.begin()].map((permit) => permit !== REFUSED)).toEqual([true, true, false]);
  });

  it('is open where the clock is ahead by more than the open time', async () => {
    const clock = new FakeClock();
    const ahead = new FakeClock(clock.now() + 60_000);
    const shared = new MemoryCircuitStateStore();
    const one = new BreakerProcess(shared, clock);
    const two = new BreakerProcess(shared, ahead);
    const advance = async (ms: number) => void (await Promise.all([clock.advance(ms), ahead.advance(ms)]));
    await advance(0);
    two.call('success');
    one.trip();
    await advance(1_000);
    expect([one.state, two.state]).toEqual(['open', 'open']);
  });

  it('leaves the holder of a lease the time to say so, when the store has lost it and another was first to write', async () => {
    const clock = new FakeClock();
    const shared = new MemoryCircuitStateStore();
    const [holder, other, first] = Array.from({ length: 3 }, () => new BreakerProcess(shared, clock)) as [
      BreakerProcess,
      BreakerProcess,
      BreakerProcess,
    ];
    await clock.advance(0);
    holder.trip();
    for (const process of [other, first]) process.call('success');
    await clock.advance(10_000);
    holder.call('success');
    await clock.advance(0);
    holder.begin();
    await clock.advance(1_000);
    expect([holder, other, first].map(({ state }) => state)).toEqual(['half-open', 'open', 'open']);
    // It hears of nothing for a moment.
    holder.store.fault = () => ({ after: 400 });
    Object.assign(shared, { circuits: new Map() });
    await shared.write({ name: 'inventory', state: 'open', generation: 1, openUntil: clock.now(), timesOpened: 1 }, 0);
    for (let tenth = 0; tenth < 30; tenth += 1) {
      for (const process of [other, first]) process.call('success');
      await clock.advance(100);
      const probing = [holder, other, first].filter(({ state }) => state === 'half-open');
      expect(probing.length).toBeLessThanOrEqual(1);
    }
    expect(holder.state).not.toBe('half-open');
  });

  it('follows an open time above the longest of those that grow', async () => {
    const clock = new FakeClock();
    const shared = new MemoryCircuitStateStore();
    const breaker = { openDuration: 900_000 };
    const one = new BreakerProcess(shared, clock, { breaker });
    const two = new BreakerProcess(shared, clock, { breaker });
    await clock.advance(0);
    two.call('success');
    one.trip();
    await clock.advance(2_000);
    expect(two.machine.retryAfterMs(clock.monotonic())).toBeGreaterThan(890_000);
  });
});
