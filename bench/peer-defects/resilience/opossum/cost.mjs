import { inChild } from '../child.mjs';
import { errorOf, fail } from '../scenario.mjs';

const SAMPLES = 100_000;

export const cost = [
  {
    id: 'opossum-4',
    title: 'A failed call costs more the more calls are in the window',
    async run(CircuitBreaker) {
      const breaker = new CircuitBreaker((down) => (down ? fail() : Promise.resolve()), {
        rollingCountTimeout: 600_000,
      });
      const failing = async (calls) => {
        const started = performance.now();
        for (let call = 0; call < calls; call++) await errorOf(() => breaker.fire(true));
        return (performance.now() - started) / calls;
      };
      for (let call = 0; call < 100; call++) await breaker.fire(false);
      await failing(20);
      const near = await failing(20);
      for (let call = 0; call < SAMPLES; call++) await breaker.fire(false);
      const far = await failing(5);
      breaker.shutdown();
      return {
        defective: far > 20 * near,
        seen: `${near.toFixed(2)} ms a failure after 100 calls, ${far.toFixed(2)} ms after ${SAMPLES.toLocaleString('en-US')}`,
      };
    },
  },
  {
    id: 'opossum-5',
    title: 'Idle breakers cost memory and processor time',
    async run(_CircuitBreaker, { specifier }) {
      const { result } = await inChild(`
        import CircuitBreaker from '${specifier}';
        gc();
        const before = process.memoryUsage().heapUsed;
        const breakers = Array.from({ length: 10_000 }, (_, index) => new CircuitBreaker(async () => {}, { name: String(index) }));
        gc();
        const bytes = (process.memoryUsage().heapUsed - before) / breakers.length;
        const [started, processor] = [performance.now(), process.cpuUsage()];
        setTimeout(() => {
          const { user, system } = process.cpuUsage(processor);
          console.log(JSON.stringify({ bytes, share: (user + system) / 1_000 / (performance.now() - started) }));
          process.exit();
        }, 3_000);
      `);
      const { bytes, share } = result;
      return {
        defective: bytes > 1_024 && share > 0.02,
        seen: `10,000 of them: ${(bytes / 1_024).toFixed(1)} KB each, ${(share * 100).toFixed(0)} % of a core`,
      };
    },
  },
];
