import type {
  BulkheadOptions,
  CircuitBreakerOptions,
  ErrorMatcher,
  OutcomeOptions,
  RetryOptions,
} from '../../resilience/index.js';
import type { ServiceContract } from '../contracts/service-contract.js';
import type { DiscoveryOptions } from '../discovery/discovery.options.js';

/** Text, or who is asked for it before each call; asked again with `true` when the service did not accept it (401): the secret was rotated. */
export type Secret = string | ((renew: boolean) => string | Promise<string>);

/** How a call over HTTP says who is calling. */
export type ServiceAuth =
  | { readonly bearer: Secret }
  | { readonly basic: { readonly username: string; readonly password: Secret } }
  | { readonly header: string; readonly value: Secret };

export type ServiceFallbackHandler = (error: unknown, operation: string, input: unknown) => unknown;

/** What answers in place of a service that failed. Refusals (404 and the like) are answers, and reach the caller. */
export type ServiceFallback =
  | ServiceFallbackHandler
  | {
      readonly use: ServiceFallbackHandler;
      readonly on?: ErrorMatcher;
      /** For the dependency map: `last known quote`. */
      readonly description?: string;
    };

/** In which respect we depend on a service. */
export type CouplingType = 'temporal' | 'spatial' | 'platform' | 'data';
export type CommunicationPattern = 'synchronous' | 'asynchronous' | 'event_driven' | 'streaming';
/** What we are without the service: nothing (`critical`), less (`degraded`), or as before (`optional`). */
export type Criticality = 'critical' | 'degraded' | 'optional';

/** What a service is to us; for the dependency map. */
export interface DependencyOptions {
  /** Default: `temporal` when we wait for it, else `platform`. */
  readonly coupling?: CouplingType;
  /** Default: `synchronous` over HTTP, `asynchronous` over a queue. */
  readonly pattern?: CommunicationPattern;
  /** Default `critical`. */
  readonly criticality?: Criticality;
  /** Services that it calls itself before it answers, as far as we know. */
  readonly dependsOn?: readonly string[];
  /** The database it keeps its data in, where that is known: two services on one are no two services. */
  readonly database?: string;
}

/** One service that this one calls: exactly one of `endpointUrl`, `requestQueue` and `discovery`. Times are milliseconds. */
export interface ServiceOptions extends DependencyOptions {
  readonly name: string;
  readonly contract?: ServiceContract;
  /** Where it listens: `http://inventory:3002`. */
  readonly endpointUrl?: string;
  /** Queue that it takes requests from. */
  readonly requestQueue?: string;
  readonly discovery?: DiscoveryOptions;
  /** Limit of each attempt. Default 5,000. */
  readonly timeoutMs?: number;
  /** Limit of a whole call, all attempts and waits. Default: none. */
  readonly totalTimeoutMs?: number;
  /** A policy of `resilience.policies` around the calls; what is said here comes first, and nothing has a default then. */
  readonly policy?: string;
  /** Default: on, with the defaults of retries. What is not idempotent is tried again only when it certainly had no effect. */
  readonly retry?: RetryOptions | false;
  /** Default: on. Its name is the service's. */
  readonly circuitBreaker?: (CircuitBreakerOptions & OutcomeOptions) | false;
  /** Default: none. */
  readonly bulkhead?: BulkheadOptions | false;
  /**
   * Event that the service publishes its answers as, over SNS on AWS: the option `responseTopic` of its `@OnRequest`, or whatever it publishes
   * while it handles the request. `request` waits for the one that the request caused, or else has its correlation id. For a
   * `requestQueue`. Default: the service answers to this instance's own reply queue.
   */
  readonly responseTopic?: string;
  readonly fallback?: ServiceFallback;
  readonly auth?: ServiceAuth;
  /** A longer answer is refused. Default 1,048,576. */
  readonly maxResponseBytes?: number;
  /** Connections that are kept to one endpoint; further calls wait for one of them. Default 128. */
  readonly maxConnections?: number;
  /** What `healthCheck` asks for. Default `/health`. */
  readonly healthPath?: string;
}
