import { createCircuitBreakerLambdaHandler } from './circuit-breaker-lambda-handler.js';
import { limitsOf } from './circuit-limits.js';
import { openCircuitMetric } from './open-circuit-metric.js';

/** What `loose-coupling implement` deploys, bundled into one file when the package is built. */
export const handler = createCircuitBreakerLambdaHandler({
  // Its caller waits for this answer and has no other; a process with a breaker of its own would go on without.
  requestTimeout: 5_000,
  limits: limitsOf(process.env),
  onOpen: (service) => {
    process.stdout.write(`${openCircuitMetric(service, process.env['CIRCUIT_BREAKER_TABLE'] ?? '', Date.now())}\n`);
  },
});
