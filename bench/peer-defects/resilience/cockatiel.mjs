import { bulkhead } from './cockatiel/bulkhead.mjs';
import { circuitBreaker } from './cockatiel/circuit-breaker.mjs';
import { decorator } from './cockatiel/decorator.mjs';
import { timeoutAndRetry } from './cockatiel/timeout-and-retry.mjs';

export const cockatiel = [...bulkhead, ...circuitBreaker, ...timeoutAndRetry, ...decorator];
