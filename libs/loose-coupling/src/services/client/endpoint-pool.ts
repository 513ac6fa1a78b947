/** The right to use an endpoint once. */
export interface EndpointLease {
  /** Without a slash at the end. */
  readonly url: string;
  /** To be called once, when the call has ended. `ignored`: it says nothing of the endpoint. */
  release(outcome: 'success' | 'failure' | 'ignored'): void;
}

/** The endpoints of one service. */
export interface EndpointPool {
  /** @throws {ServiceUnavailableError} when there is none */
  lease(): EndpointLease | Promise<EndpointLease>;
  close(): void;
}

/** One address, as the configuration has it. */
export class FixedEndpoint implements EndpointPool {
  private readonly only: EndpointLease;

  constructor(url: string) {
    this.only = { url: url.replace(/\/+$/, ''), release: () => undefined };
  }

  lease(): EndpointLease {
    return this.only;
  }

  close(): void {
    // Nothing is held.
  }
}
