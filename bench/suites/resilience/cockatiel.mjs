import { fail, serviceWith, work, workWithSignal } from './work.mjs';

const KEYS = 10_000;

/** `abortOnReturn` is its default; without it the signal is not aborted after each success. */
export async function cockatiel(specifier, { abortOnReturn = true } = {}) {
  const { bulkhead, circuitBreaker, fallback, handleAll, noop, retry, timeout, usePolicy, wrap, ...lib } =
    await load(specifier);
  const breaking = (breaker) => circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker });
  const byCount = () => breaking(new lib.CountBreaker({ threshold: 0.5, size: 100 }));
  const byTime = () => breaking(new lib.SamplingBreaker({ threshold: 0.5, duration: 10_000 }));
  const retrying = () => retry(handleAll, { maxAttempts: 2 });
  const limited = () => timeout(10_000, { strategy: lib.TimeoutStrategy.Aggressive, abortOnReturn });
  const fourPolicies = () => wrap(retrying(), byCount(), limited(), bulkhead(100));

  const executing = (build) => () => {
    const policy = build();
    return { call: (value) => policy.execute(() => work(value)) };
  };
  const withSignal = (build) => () => {
    const policy = build();
    return { call: (value) => policy.execute(({ signal }) => workWithSignal(value, signal)) };
  };

  const withTimeout = {
    timeout: executing(limited),
    'timeout, signal used': withSignal(limited),
    'four policies': executing(fourPolicies),
    'four policies, signal used': withSignal(fourPolicies),
    'four policies, as decorators': () => {
      const service = serviceWith([usePolicy(fourPolicies())]);
      return { call: (value) => service.find(value) };
    },
    'six policies': executing(() => wrap(fallback(handleAll, -1), fourPolicies())),
  };
  const others = {
    'no policy': executing(() => noop),
    'breaker, failures in a row': executing(() => breaking(new lib.ConsecutiveBreaker(5))),
    'breaker, last 100 calls': executing(byCount),
    'breaker, last 10 seconds': executing(byTime),
    retry: executing(retrying),
    bulkhead: executing(() => bulkhead(100)),
    'a circuit for each of 10,000 keys': () => {
      const breakers = new Map(Array.from({ length: KEYS }, (_, key) => [String(key), byCount()]));
      return { call: (value) => breakers.get(String(value % KEYS)).execute(() => work(value)) };
    },
    'an open circuit refuses': async () => {
      const policy = breaking(new lib.ConsecutiveBreaker(1));
      await policy.execute(fail).catch(() => undefined);
      return { call: (value) => policy.execute(() => work(value)) };
    },
    'the dependency fails': executingFailures(() =>
      breaking(new lib.SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1_000_000 })),
    ),
    'through a bulkhead of 10': executing(() => bulkhead(10, 1_000)),
    'idle circuits': async (count) => {
      const breakers = new Map();
      for (let key = 0; key < count; key++) {
        const breaker = byCount();
        breakers.set(String(key), breaker);
        await breaker.execute(() => work(key));
      }
      return breakers;
    },
  };
  return abortOnReturn
    ? { name: 'cockatiel', calls: { ...others, ...withTimeout }, notes: { 'six policies': 'it has no rate limit' } }
    : {
        name: 'cockatiel, abortOnReturn: false',
        calls: withTimeout,
        notes: { 'six policies': 'it has no rate limit' },
      };
}

const executingFailures = (build) => () => {
  const policy = build();
  return { call: () => policy.execute(fail) };
};

async function load(specifier) {
  const namespace = await import(specifier);
  return { ...namespace.default, ...namespace };
}
