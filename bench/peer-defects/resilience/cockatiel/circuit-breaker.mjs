import { deferred, errorOf, fail, settledWithin, withMovableClock } from '../scenario.mjs';

const HALF_OPEN_AFTER = 10_000;
const fine = async () => 'fine';

const consecutive = ({ circuitBreaker, handleAll, ConsecutiveBreaker }) =>
  circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER, breaker: new ConsecutiveBreaker(1) });

export const circuitBreaker = [
  {
    id: 'cockatiel-4',
    title: 'After an idle hour, old failures are still in the window',
    run: ({ circuitBreaker, handleAll, SamplingBreaker, CircuitState }) =>
      withMovableClock(async (advance) => {
        const sampling = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 10 });
        const breaker = circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER, breaker: sampling });
        for (let call = 0; call < 99; call++) await errorOf(() => breaker.execute(() => fail()));
        advance(3_600_000);
        for (let call = 0; call < 60; call++) await breaker.execute(fine);
        await errorOf(() => breaker.execute(() => fail()));
        const opened = breaker.state === CircuitState.Open;
        return {
          defective: opened,
          seen: `1 failure and 60 successes in the window of 10 s: ${opened ? 'opened' : 'closed'} (limit 50 %)`,
        };
      }),
  },
  {
    id: 'cockatiel-5',
    title: 'One hung probe makes every other caller hang',
    run: (lib) =>
      withMovableClock(async (advance) => {
        const breaker = consecutive(lib);
        await errorOf(() => breaker.execute(() => fail()));
        advance(HALF_OPEN_AFTER);
        void breaker.execute(() => deferred().promise);
        const others = Array.from({ length: 1_000 }, () => settledWithin(breaker.execute(fine), 100));
        const hanging = (await Promise.all(others)).filter(({ pending }) => pending).length;
        return { defective: hanging === 1_000, seen: `${hanging} of 1,000 callers wait without limit` };
      }),
  },
  {
    id: 'cockatiel-6',
    title: 'A failure from before the break opens a half-open circuit again',
    run: (lib) =>
      withMovableClock(async (advance) => {
        const breaker = consecutive(lib);
        const old = deferred();
        const oldCall = errorOf(() => breaker.execute(() => old.promise));
        await errorOf(() => breaker.execute(() => fail()));
        advance(HALF_OPEN_AFTER);
        const probe = deferred();
        const probing = breaker.execute(() => probe.promise);
        old.reject(new Error('late'));
        await oldCall;
        probe.resolve();
        await probing;
        const open = breaker.state === lib.CircuitState.Open;
        return { defective: open, seen: `the only probe succeeded, the circuit is ${open ? 'open' : 'closed'}` };
      }),
  },
  {
    id: 'cockatiel-10',
    title: 'A listener that throws replaces the error of the call',
    async run(lib) {
      const breaker = consecutive(lib);
      breaker.onBreak(() => {
        throw new Error('from the listener');
      });
      const error = await errorOf(() => breaker.execute(() => fail('from the dependency')));
      return { defective: error.message === 'from the listener', seen: `the caller got: “${error.message}”` };
    },
  },
  {
    id: 'cockatiel-11',
    title: 'Ending an isolation closes a circuit that was open before',
    async run(lib) {
      const breaker = consecutive(lib);
      await errorOf(() => breaker.execute(() => fail()));
      const before = lib.CircuitState[breaker.state];
      breaker.isolate().dispose();
      const after = lib.CircuitState[breaker.state];
      return { defective: before === 'Open' && after === 'Closed', seen: `${before} before, ${after} after` };
    },
  },
  {
    id: 'cockatiel-13',
    title: 'With default sampling, a quiet service never opens its circuit',
    async run({ circuitBreaker, handleAll, SamplingBreaker, CircuitState }) {
      const sampling = new SamplingBreaker({ threshold: 0.5, duration: 30_000 });
      const breaker = circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER, breaker: sampling });
      let failures = 0;
      for (; breaker.state !== CircuitState.Open && failures < 1_000; failures++) {
        await errorOf(() => breaker.execute(() => fail()));
      }
      return { defective: failures >= 300, seen: `opened after ${failures} failures in a row` };
    },
  },
];
