import { deferred, errorOf, fail, settledWithin, sleep } from '../scenario.mjs';

const RESET_TIMEOUT = 20;

async function halfOpen(breaker, args = []) {
  await errorOf(() => breaker.fire(...args));
  await sleep(RESET_TIMEOUT + 20);
  if (!breaker.halfOpen) throw new Error('The circuit did not become half-open.');
}

export const circuit = [
  {
    id: 'opossum-6',
    title: 'With defaults, the first failure opens the circuit',
    async run(CircuitBreaker) {
      const breaker = new CircuitBreaker(() => fail());
      await errorOf(() => breaker.fire());
      const { opened } = breaker;
      breaker.shutdown();
      return { defective: opened, seen: `1 call, 1 failure: ${opened ? 'opened' : 'closed'}` };
    },
  },
  {
    id: 'opossum-7',
    title: 'An error that does not count closes a half-open circuit',
    async run(CircuitBreaker) {
      const breaker = new CircuitBreaker(fail, {
        resetTimeout: RESET_TIMEOUT,
        errorFilter: ({ message }) => message === 'not found',
      });
      await halfOpen(breaker, ['down']);
      await errorOf(() => breaker.fire('not found'));
      const { closed } = breaker;
      breaker.shutdown();
      return {
        defective: closed,
        seen: `the only probe failed with a filtered error: ${closed ? 'closed' : 'not closed'}`,
      };
    },
  },
  {
    id: 'opossum-8',
    title: 'A success from before the break closes a half-open circuit',
    async run(CircuitBreaker) {
      const breaker = new CircuitBreaker((work) => work ?? fail(), {
        resetTimeout: RESET_TIMEOUT,
        errorThresholdPercentage: 10,
      });
      const old = deferred();
      const oldCall = breaker.fire(old.promise);
      await halfOpen(breaker);
      old.resolve();
      await settledWithin(oldCall, 100);
      const { closed } = breaker;
      breaker.shutdown();
      return { defective: closed, seen: `no probe was made, the circuit is ${closed ? 'closed' : 'not closed'}` };
    },
  },
];
