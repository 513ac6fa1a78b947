import { serviceWith } from './work.mjs';

/** Strategies take effect from the inside out, and only around methods. */
export async function nestjsResilience() {
  const { Logger } = await import('@nestjs/common');
  // It writes a line to the console for each call.
  Logger.overrideLogger(false);
  const { default: lib } = await import('nestjs-resilience');
  const { ResilienceFactory: make, UseResilience } = lib;
  const bulkhead = () => make.createBulkheadStrategy({ maxConcurrent: 100, maxQueue: 1_000 });
  const breaker = () => make.createCircuitBreakerStrategy({ requestVolumeThreshold: 100 });
  const timeout = () => make.createTimeoutStrategy(10_000);
  const retry = () => make.createRetryStrategy({ maxRetries: 2 });
  const calling =
    (...strategies) =>
    () => {
      const service = serviceWith([UseResilience(...strategies.map((strategy) => strategy()))]);
      return { call: (value) => service.find(value) };
    };
  return {
    name: 'nestjs-resilience',
    calls: {
      'no policy': calling(),
      'breaker, last 100 calls': calling(breaker),
      retry: calling(retry),
      timeout: calling(timeout),
      bulkhead: calling(bulkhead),
      'four policies, as decorators': calling(bulkhead, timeout, breaker, retry),
    },
  };
}
