import { Bulkhead, CircuitBreaker, ResiliencePipeline, Retry, Timeout } from 'nestjs-loose-coupling/resilience';
import { OURS } from '../../harness/measure.mjs';
import { fail, serviceWith, work, workWithSignal } from './work.mjs';

const KEYS = 10_000;

const executing = (build) => () => {
  const pipeline = build(ResiliencePipeline.builder('bench')).build();
  return { call: (value) => pipeline.execute(() => work(value)) };
};

const executingWithSignal = (build) => () => {
  const pipeline = build(ResiliencePipeline.builder('bench')).build();
  return { call: (value) => pipeline.execute(({ signal }) => workWithSignal(value, signal)) };
};

const byCount = { slidingWindow: { type: 'count', size: 100 } };
const byTime = { slidingWindow: { type: 'time', size: 10_000 } };
const neverOpens = { minimumCalls: 1_000_000 };
const fourPolicies = (builder) => builder.retry({}).circuitBreaker(byCount).timeout(10_000).bulkhead(100);

export const ours = {
  name: OURS,
  calls: {
    'no policy': executing((builder) => builder),
    'breaker, failures in a row': executing((builder) =>
      builder.circuitBreaker({ ...byCount, consecutiveFailures: 5 }),
    ),
    'breaker, last 100 calls': executing((builder) => builder.circuitBreaker(byCount)),
    'breaker, last 10 seconds': executing((builder) => builder.circuitBreaker(byTime)),
    retry: executing((builder) => builder.retry({})),
    timeout: executing((builder) => builder.timeout(10_000)),
    'timeout, signal used': executingWithSignal((builder) => builder.timeout(10_000)),
    bulkhead: executing((builder) => builder.bulkhead(100)),
    'rate limit': executing((builder) => builder.rateLimit({ limit: 1e9 })),
    'four policies': executing(fourPolicies),
    'four policies, signal used': executingWithSignal(fourPolicies),
    'four policies, as decorators': () => {
      const service = serviceWith([Retry(), CircuitBreaker(byCount), Timeout(10_000), Bulkhead(100)]);
      return { call: (value) => service.find(value) };
    },
    'six policies': executing((builder) => fourPolicies(builder.fallback(() => -1)).rateLimit({ limit: 1e9 })),
    'a circuit for each of 10,000 keys': async () => {
      const service = serviceWith([CircuitBreaker({ ...byCount, key: ([value]) => String(value % KEYS) })]);
      for (let key = 0; key < KEYS; key++) await service.find(key);
      return { call: (value) => service.find(value) };
    },
    'an open circuit refuses': async () => {
      const pipeline = ResiliencePipeline.builder('bench').circuitBreaker({ consecutiveFailures: 1 }).build();
      await pipeline.execute(fail).catch(() => undefined);
      return { call: (value) => pipeline.execute(() => work(value)) };
    },
    'the dependency fails': () => {
      const pipeline = ResiliencePipeline.builder('bench')
        .circuitBreaker({ ...byTime, ...neverOpens })
        .build();
      return { call: () => pipeline.execute(fail) };
    },
    'through a bulkhead of 10': () => {
      const pipeline = ResiliencePipeline.builder('bench').bulkhead({ maxConcurrent: 10, maxQueue: 1_000 }).build();
      return { call: (value) => pipeline.execute(() => work(value)) };
    },
    'idle circuits': async (count) => {
      const service = serviceWith([CircuitBreaker({ key: ([value]) => String(value) })]);
      for (let key = 0; key < count; key++) await service.find(key);
      return service;
    },
  },
};
