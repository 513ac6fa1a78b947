/** Where an instance of a service listens. */
export interface ServiceEndpoint {
  /** Without a slash at the end. */
  readonly url: string;
  /** Availability zone, where it is known. */
  readonly zone?: string;
  /** Share of the calls, in relation to the others of its priority; 0 for as good as none. Default 1. */
  readonly weight?: number;
  /** Those of a higher number are used only while none of a lower one is well. Default 0. */
  readonly priority?: number;
}

export interface DiscoveredEndpoints {
  readonly endpoints: readonly ServiceEndpoint[];
  /** Milliseconds that the answer is good for, where the source says so. */
  readonly ttl?: number;
}

/** Knows where services run. What it answers is cached; when it fails, its last answer serves on. */
export abstract class ServiceDiscovery {
  abstract discover(service: string, signal: AbortSignal): Promise<DiscoveredEndpoints>;
}
