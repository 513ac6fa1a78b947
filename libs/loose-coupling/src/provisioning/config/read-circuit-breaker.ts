import type { ConfigReader } from './config-reader.js';
import type { CircuitBreakerConfig } from './provisioning-config.js';

const KEY = 'circuit_breaker';
const DAY = 86_400;
const MANY = 1_000_000;

/** `true`, `false`, or an object with what is to be otherwise. */
export function readCircuitBreaker(reader: ConfigReader): CircuitBreakerConfig | undefined {
  if (!reader.isObject([KEY])) return reader.flag([KEY], true) ? { function: true } : undefined;
  const failures = reader.optionalNumber([KEY, 'failure_threshold'], 1, MANY);
  const seconds = reader.optionalNumber([KEY, 'timeout_seconds'], 1, DAY);
  const calls = reader.optionalNumber([KEY, 'half_open_max_calls'], 1, MANY);
  return {
    function: reader.flag([KEY, 'function'], true),
    ...(failures !== undefined && { failure_threshold: failures }),
    ...(seconds !== undefined && { timeout_seconds: seconds }),
    ...(calls !== undefined && { half_open_max_calls: calls }),
  };
}
