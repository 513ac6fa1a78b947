import type { CircuitTransition } from '../core/breaker/circuit-breaker.port.js';

/** What happens to calls, for logs and metrics. `policy` is the name of the shared policy, or `Class.method`. */
export type ResilienceEvent = { readonly policy: string; readonly key?: string; readonly at: number } & (
  | ({ readonly type: 'circuit-transition' } & CircuitTransition)
  | {
      readonly type: 'refused';
      readonly by: 'circuitBreaker' | 'bulkhead' | 'rateLimit';
      readonly retryAfterMs?: number;
    }
  | { readonly type: 'retry'; readonly attempt: number; readonly delay: number; readonly error: unknown }
  | { readonly type: 'retries-ended'; readonly attempt: number; readonly because: string; readonly error: unknown }
  | { readonly type: 'timeout'; readonly timeout: number; readonly scope: 'attempt' | 'total' }
  | { readonly type: 'hedge'; readonly attempt: number }
  | { readonly type: 'fallback'; readonly error: unknown }
  | { readonly type: 'stale'; readonly error: unknown; readonly age: number }
  | { readonly type: 'shared-state'; readonly reachable: boolean; readonly error?: unknown }
  | { readonly type: 'reloaded' }
);

/** A listener that throws is reported, and does not touch the call. */
export type ResilienceListener = (event: ResilienceEvent) => void;
