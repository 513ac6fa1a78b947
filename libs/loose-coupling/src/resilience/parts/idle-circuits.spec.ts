import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeClock } from '../../testing/fake-clock.js';
import { ResilienceRegistry } from '../registry/resilience-registry.js';

const KEYS = 10_000;

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

describe('idle circuits', () => {
  it.each([
    ['count', { type: 'count', size: 100 }],
    ['time', { type: 'time', size: 60_000 }],
  ] as const)('take less than 1 KB each and no timer, with a window by %s', async (_type, slidingWindow) => {
    const clock = new FakeClock();
    const registry = new ResilienceRegistry({ clock });
    const pipeline = registry.pipelineFor({
      name: 'Shop.stock',
      policies: [{ kind: 'circuitBreaker', options: { slidingWindow }, key: ([tenant]) => tenant as string }],
    });
    const before = heapUsed();
    for (let key = 0; key < KEYS; key++) await pipeline.call(() => key, undefined, [`tenant-${key}`]);
    const each = (heapUsed() - before) / KEYS;
    expect(registry.circuits()).toHaveLength(KEYS);
    if (process.env['MEASURE']) process.stdout.write(`${slidingWindow.type}: ${Math.round(each)} bytes\n`);
    expect(each).toBeLessThan(1_000);
    expect(clock.pendingTimers).toBe(0);
  });
});
