import { deferred, errorOf, settledWithin, sleep } from '../scenario.mjs';
import { inChild } from '../child.mjs';

const stayClosed = { volumeThreshold: 1_000 };

export const capacityAndTimeout = [
  {
    id: 'opossum-1',
    title: 'A timeout frees the permit while the work runs on',
    async run(CircuitBreaker) {
      let running = 0;
      const breaker = new CircuitBreaker(() => (running++, deferred().promise), {
        ...stayClosed,
        timeout: 10,
        capacity: 1,
      });
      for (let call = 0; call < 5; call++) await errorOf(() => breaker.fire());
      breaker.shutdown();
      return { defective: running === 5, seen: `${running} calls run at the same time with capacity 1` };
    },
  },
  {
    id: 'opossum-2',
    title: 'Its own rejections count as failures of the dependency',
    async run(CircuitBreaker) {
      const breaker = new CircuitBreaker(() => sleep(10), { capacity: 1 });
      await Promise.allSettled(Array.from({ length: 5 }, () => breaker.fire()));
      const { opened } = breaker;
      breaker.shutdown();
      return { defective: opened, seen: `5 calls at once, none of them failed: ${opened ? 'opened' : 'closed'}` };
    },
  },
  {
    id: 'opossum-3',
    title: 'The timeout of one call aborts another, and all later ones',
    async run(CircuitBreaker) {
      const options = {
        ...stayClosed,
        timeout: 60,
        abortController: new AbortController(),
        autoRenewAbortController: true,
      };
      const abortedAtOnce = [];
      const breaker = new CircuitBreaker((work) => {
        const { signal } = options.abortController;
        abortedAtOnce.push(signal.aborted);
        return Promise.race([
          work,
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]);
      }, options);
      const hung = errorOf(() => breaker.fire(deferred().promise));
      await sleep(40);
      // It needs 40 ms of its 60, and is 20 ms old when the other call times out.
      const healthy = await settledWithin(breaker.fire(sleep(40)), 1_000);
      await hung;
      await errorOf(() => breaker.fire(sleep(0)));
      breaker.shutdown();
      return {
        defective: healthy.error?.name === 'AbortError' && abortedAtOnce.at(-1),
        seen: `the healthy call: ${healthy.error?.name}; the signal of the next call: ${abortedAtOnce.at(-1) ? 'aborted from the start' : 'fresh'}`,
      };
    },
  },
  {
    id: 'opossum-9',
    title: 'A synchronous action without a result throws TypeError',
    async run(CircuitBreaker) {
      const breaker = new CircuitBreaker(() => undefined);
      const error = await errorOf(() => breaker.fire());
      breaker.shutdown();
      return { defective: error instanceof TypeError, seen: String(error) };
    },
  },
  {
    id: 'opossum-10',
    title: 'The timer of a timeout keeps the process alive',
    async run(_CircuitBreaker, { specifier }) {
      const { milliseconds } = await inChild(`
        import CircuitBreaker from '${specifier}';
        new CircuitBreaker(() => new Promise(() => {}), { timeout: 3_000 }).fire().catch(() => {});
      `);
      return {
        defective: milliseconds > 2_900,
        seen: `a process with nothing else to do ended after ${(milliseconds / 1_000).toFixed(1)} s (timeout 3 s)`,
      };
    },
  },
];
