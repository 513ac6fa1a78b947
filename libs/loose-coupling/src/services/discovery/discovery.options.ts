import type { ServiceDiscovery, ServiceEndpoint } from './service-discovery.js';

export type Balancing = 'round-robin' | 'least-pending' | 'zone-first';

/** Takes endpoints that keep failing out of the rotation. Times are milliseconds. */
export interface EjectionOptions {
  /** Failures in a row. Default 3. */
  readonly consecutiveFailures?: number;
  /** How long an endpoint stays out the first time; longer with each time in a row. Default 10,000. */
  readonly duration?: number;
  /** No endpoint stays out longer. Default 300,000. */
  readonly maxDuration?: number;
}

/** How the endpoints of a service are found and chosen. Times are milliseconds. */
export interface DiscoveryOptions {
  readonly source: DiscoverySource;
  /** How long an answer of the source is good for, unless it says so itself. Default 30,000. */
  readonly ttl?: number;
  /** Default `round-robin`. */
  readonly balancing?: Balancing;
  /** For `zone-first`: where this instance runs. */
  readonly zone?: string;
  readonly ejection?: EjectionOptions | false;
}

export type DiscoverySource =
  | {
      readonly type: 'static';
      readonly endpoints: readonly (string | ServiceEndpoint)[];
    }
  /** Addresses separated by commas, in an environment variable. Default `<NAME>_URL`. */
  | { readonly type: 'environment'; readonly variable?: string }
  | {
      readonly type: 'dns';
      readonly hostname: string;
      /** `SRV` has ports, priorities and weights in it; `A` needs `port`. Default `SRV`. */
      readonly record?: 'A' | 'SRV';
      readonly port?: number;
      /** Default `http`. */
      readonly protocol?: 'http' | 'https';
      /** Name servers, `127.0.0.1:5353`. Default: the machine's. */
      readonly servers?: readonly string[];
    }
  | ServiceDiscovery;
