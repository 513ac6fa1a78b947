import {
  currentAttempt,
  type CompiledPipeline,
  type DeclaredPolicy,
  type ResilienceRegistry,
} from '../../resilience/index.js';
import type { ServiceOperation } from '../contracts/service-contract.js';
import type { ServiceOptions } from '../options/service.options.js';
import { isServiceFailure, isWorthRetrying } from './service-failure.js';

type Send = (signal: AbortSignal, timeout: number) => Promise<unknown>;
const NEVER = new AbortController().signal;

/** The policies around the calls of one service: of what may be repeated, and of what may not. They share the circuit and the bulkhead. */
export class ServicePipelines {
  private readonly repeatable: CompiledPipeline;
  private readonly once: CompiledPipeline;

  constructor(
    options: ServiceOptions,
    registry: ResilienceRegistry,
    private readonly timeout: number,
  ) {
    const shared = sharedPolicies(options, timeout);
    const { name, policy } = options;
    const declare = (idempotent: boolean) =>
      registry.pipelineFor({
        name,
        ...(policy && { policy }),
        policies: [...shared, ...retryPolicy(options, idempotent)],
      });
    this.repeatable = declare(true);
    this.once = declare(false);
  }

  get hasTimeout(): boolean {
    return this.repeatable.order.includes('timeout');
  }

  run(operation: ServiceOperation, input: unknown, signal: AbortSignal | undefined, send: Send): Promise<unknown> {
    const pipeline = operation.idempotent ? this.repeatable : this.once;
    const work = () => send(currentAttempt()?.signal ?? NEVER, this.timeout);
    return pipeline.call(work as (...args: never[]) => Promise<unknown>, undefined, [operation.name, input], signal);
  }
}

function sharedPolicies(options: ServiceOptions, timeout: number): DeclaredPolicy[] {
  const { name, policy, circuitBreaker, bulkhead, fallback, timeoutMs, totalTimeoutMs } = options;
  const policies: DeclaredPolicy[] = [];
  if (timeoutMs !== undefined || totalTimeoutMs !== undefined || policy === undefined) {
    const total = totalTimeoutMs !== undefined && { total: totalTimeoutMs };
    policies.push({ kind: 'timeout', options: { attempt: timeout, ...total } });
  }
  if (circuitBreaker !== false && (circuitBreaker !== undefined || policy === undefined)) {
    policies.push({ kind: 'circuitBreaker', name, options: { recordIf: isServiceFailure, ...circuitBreaker } });
  }
  if (bulkhead !== undefined && bulkhead !== false) policies.push({ kind: 'bulkhead', name, options: bulkhead });
  if (fallback !== undefined) {
    const { use, on = isServiceFailure } = typeof fallback === 'function' ? { use: fallback } : fallback;
    policies.push({ kind: 'fallback', options: { use, on } });
  }
  return policies;
}

function retryPolicy({ retry, policy }: ServiceOptions, idempotent: boolean): DeclaredPolicy[] {
  if (retry === false || (retry === undefined && policy !== undefined && idempotent)) return [];
  return [{ kind: 'retry', options: { retryIf: isWorthRetrying, ...retry, ...(!idempotent && { idempotent }) } }];
}
