import { ResilienceRegistry } from '../resilience/index.js';
import { FakeClock } from '../testing/fake-clock.js';
import { ResilienceHealthIndicator } from './resilience.health-indicator.js';

describe('the health of an open circuit', () => {
  it('is up again when a probe may go through, as a service that gets no calls would stay down for ever', async () => {
    const clock = new FakeClock();
    const circuitBreaker = { consecutiveFailures: 1, openDuration: 1_000 };
    const registry = new ResilienceRegistry({ clock, policies: { inventory: { circuitBreaker } } });
    const health = () => new ResilienceHealthIndicator(registry).isHealthy('circuits').circuits;
    const fail = () => registry.policy('inventory').execute(() => Promise.reject(new Error('down')));
    await fail().catch(() => undefined);
    await clock.advance(999);
    expect(health()).toMatchObject({ status: 'down', degraded: true });
    await clock.advance(1);
    expect(health()).toMatchObject({
      status: 'up',
      degraded: true,
      circuits: { inventory: { state: 'open', retryAfterMs: 0 } },
    });
    await fail().catch(() => undefined);
    expect(health()).toMatchObject({ status: 'down', degraded: true });
  });
});
