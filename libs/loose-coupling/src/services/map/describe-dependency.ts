import { DEFAULT_TIMEOUT_MS } from '../client/configured-service-client.js';
import type { ServiceOptions } from '../options/service.options.js';
import type { Dependency } from './dependency.js';

/** What was said of a service, and what follows from how it is reached. */
export function describeDependency(
  options: ServiceOptions,
  { hasTimeout, circuit, endpoints }: Pick<Dependency, 'hasTimeout' | 'circuit' | 'endpoints'>,
): Dependency {
  const { name, requestQueue, discovery, policy } = options;
  const via = requestQueue !== undefined ? 'queue' : discovery ? 'discovery' : 'http';
  const pattern = options.pattern ?? (via === 'queue' ? 'asynchronous' : 'synchronous');
  return {
    name,
    coupling: options.coupling ?? (pattern === 'synchronous' ? 'temporal' : 'platform'),
    pattern,
    criticality: options.criticality ?? 'critical',
    via,
    hasTimeout,
    timeoutMs: options.timeoutMs ?? (policy === undefined ? DEFAULT_TIMEOUT_MS : undefined),
    fallback: nameOf(options.fallback),
    dependsOn: options.dependsOn ?? [],
    database: options.database,
    circuit,
    endpoints,
  };
}

function nameOf(fallback: ServiceOptions['fallback']): string | undefined {
  if (fallback === undefined) return undefined;
  return (typeof fallback === 'function' ? fallback.name : (fallback.description ?? fallback.use.name)) || 'a function';
}
