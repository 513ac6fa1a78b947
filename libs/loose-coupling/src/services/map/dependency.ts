import type { CircuitState } from '../../resilience/index.js';
import type { EndpointView } from '../discovery/balanced-endpoints.js';
import type { CommunicationPattern, CouplingType, Criticality } from '../options/service.options.js';

/** One service that this one depends on, as configured and as it is now. */
export interface Dependency {
  readonly name: string;
  readonly coupling: CouplingType;
  readonly pattern: CommunicationPattern;
  readonly criticality: Criticality;
  /** How it is reached. */
  readonly via: 'http' | 'queue' | 'discovery';
  readonly hasTimeout: boolean;
  /** Milliseconds of each attempt; undefined where a policy of `resilience.policies` says it, or nobody. */
  readonly timeoutMs: number | undefined;
  /** What answers in its place. */
  readonly fallback: string | undefined;
  readonly dependsOn: readonly string[];
  readonly database: string | undefined;
  /** State of its circuit; undefined when it has none. */
  readonly circuit: CircuitState | undefined;
  /** What discovery has found so far. */
  readonly endpoints: readonly EndpointView[];
}

export type FindingCode = 'optional-without-fallback' | 'long-synchronous-chain' | 'no-timeout' | 'shared-database';

/** What makes the coupling tighter than it need be. */
export interface Finding {
  readonly code: FindingCode;
  readonly services: readonly string[];
  readonly message: string;
}
