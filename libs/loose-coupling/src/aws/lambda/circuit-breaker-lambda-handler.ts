import {
  CircuitBreakerFunction,
  type CircuitBreakerFunctionOptions,
  type CircuitBreakerFunctionResult,
} from '../../resilience/index.js';
import { DynamoDbCircuitStateStore } from '../dynamodb/dynamodb-circuit-state-store.js';
import type { DynamoDbCircuitStateStoreOptions } from '../dynamodb/dynamodb-circuit-state-store.options.js';

export interface CircuitBreakerLambdaOptions
  extends Partial<DynamoDbCircuitStateStoreOptions>, CircuitBreakerFunctionOptions {}

export type CircuitBreakerLambdaHandler = (event: unknown) => Promise<CircuitBreakerFunctionResult>;

/** What is asked of the function is waited for, other than what breakers write beside their calls. Milliseconds. */
const REQUEST_TIMEOUT = 2_000;

/**
 * The circuit breaker as a Lambda function: `{ action: 'check' | 'success' | 'failure', service_name }`. `table` is by default what
 * `CIRCUIT_BREAKER_TABLE` says, else "circuit-breaker-state"; `requestTimeout` by default 2,000.
 *
 * @example
 * ```ts
 * export const handler = createCircuitBreakerLambdaHandler();
 * ```
 */
export function createCircuitBreakerLambdaHandler(
  options: CircuitBreakerLambdaOptions = {},
): CircuitBreakerLambdaHandler {
  const { limits, onError = report, onOpen, clock, ...store } = options;
  const table = store.table ?? process.env['CIRCUIT_BREAKER_TABLE'] ?? 'circuit-breaker-state';
  return new CircuitBreakerFunction(
    new DynamoDbCircuitStateStore({ requestTimeout: REQUEST_TIMEOUT, ...store, table }),
    {
      onError,
      ...(limits && { limits }),
      ...(onOpen && { onOpen }),
      ...(clock && { clock }),
    },
  ).handler;
}

/** Lambda keeps what goes to standard error. */
function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
