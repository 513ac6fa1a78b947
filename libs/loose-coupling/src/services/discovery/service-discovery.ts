/** Where an instance of a service listens. */
export interface ServiceEndpoint {
  /** Without a slash at the end. */
  readonly url: string;
  /** Availability zone, where it is known. */
  readonly zone?: string;
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
