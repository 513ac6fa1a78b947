import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { deferred, errorOf, fail, sleep } from '../scenario.mjs';
import { decorated } from './decorated.mjs';

export const policies = [
  {
    id: 'nestjs-resilience-3',
    title: 'The bulkhead leaks a subscription a queued call, loses count inside a retry, and mixes up contexts',
    async run(lib) {
      const queueing = lib.ResilienceFactory.createBulkheadStrategy({ maxConcurrent: 1, maxQueue: 49 });
      const request = new AsyncLocalStorage();
      const gate = deferred();
      class Queued {
        async find(caller) {
          const ranAs = request.getStore();
          if (caller === 0) await gate.promise;
          return ranAs;
        }
      }
      const target = decorated(lib, [queueing], Queued);
      const calls = Array.from({ length: 50 }, (_, caller) => request.run(caller, () => target.find(caller)));
      await turn();
      gate.resolve();
      const ranAs = await Promise.all(calls);
      const leaked = queueing.queue$.observers.length;
      const foreign = ranAs.filter((context, caller) => context !== caller).length;

      const retried = lib.ResilienceFactory.createBulkheadStrategy({ maxConcurrent: 1, maxQueue: 1 });
      const backoff = new lib.FixedBackoff({ baseDelay: 1 });
      const retry = lib.ResilienceFactory.createRetryStrategy({ maxRetries: 3, backoff });
      class Failing {
        find() {
          return fail();
        }
      }
      await errorOf(() => decorated(lib, [retried, retry], Failing).find());
      return {
        defective: leaked === 49 && retried.active < 0 && foreign > 0,
        seen: `${leaked} subscriptions left after 50 calls, ${foreign} calls in a foreign context; active is ${retried.active} after a retried call`,
      };
    },
  },
  {
    id: 'nestjs-resilience-4',
    title: 'A half-open circuit lets everybody through',
    async run(lib) {
      const breaker = lib.ResilienceFactory.createCircuitBreakerStrategy({
        requestVolumeThreshold: 5,
        sleepWindowInMilliseconds: 30,
      });
      let down = true;
      let running = 0;
      class Probed {
        async find() {
          if (down) return fail();
          running++;
          return deferred().promise;
        }
      }
      const target = decorated(lib, [breaker], Probed);
      for (let call = 0; call < 5; call++) await errorOf(() => target.find());
      const { constructor } = await errorOf(() => target.find());
      if (constructor !== lib.CircuitOpenedException) throw new Error('The circuit did not open.');
      down = false;
      await sleep(50);
      for (let call = 0; call < 20; call++) void target.find();
      await sleep(20);
      return { defective: running === 20, seen: `${running} of 20 calls at once went through` };
    },
  },
  {
    id: 'nestjs-resilience-5',
    title: 'The circuit does not open when failures come at the same time',
    async run(lib) {
      const breaker = lib.ResilienceFactory.createCircuitBreakerStrategy({ requestVolumeThreshold: 20 });
      let asked = 0;
      class Failing {
        async find() {
          asked++;
          await turn();
          return fail();
        }
      }
      const target = decorated(lib, [breaker], Failing);
      const burst = () => Promise.allSettled(Array.from({ length: 200 }, () => target.find()));
      await burst();
      await burst();
      return {
        defective: asked === 400,
        seen: `${asked} of 200 + 200 failing calls reached the dependency (it should open at 20)`,
      };
    },
  },
  {
    id: 'nestjs-resilience-6',
    title: 'Two classes of one name share a circuit',
    async run(lib) {
      const breaker = () => lib.ResilienceFactory.createCircuitBreakerStrategy({ requestVolumeThreshold: 5 });
      const payments = class Client {
        find() {
          return fail();
        }
      };
      const stock = class Client {
        async find() {
          return 'fine';
        }
      };
      const failing = decorated(lib, [breaker()], payments);
      const healthy = decorated(lib, [breaker()], stock);
      for (let call = 0; call < 5; call++) await errorOf(() => failing.find());
      const error = await errorOf(() => healthy.find());
      return {
        defective: error instanceof lib.CircuitOpenedException,
        seen: `the first call of the healthy one: ${error?.constructor.name ?? 'fine'}`,
      };
    },
  },
];
