import { AsyncLocalStorage } from 'node:async_hooks';
import { FakeClock } from '../../testing/fake-clock.js';
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
