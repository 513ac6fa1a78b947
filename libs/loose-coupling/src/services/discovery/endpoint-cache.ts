import type { Clock } from '../../kernel/index.js';
import { ServiceUnavailableError } from '../errors/service-unavailable.error.js';
import type { ServiceDiscovery, ServiceEndpoint } from './service-discovery.js';

/** A source that is away is asked again after this. */
const RETRY_MS = 1_000;
/** Nor is one that says "now" asked more often. */
const SHORTEST_TTL_MS = 1_000;

/** The endpoints of one service as they were last found. Callers wait for the first answer only; the rest is found beside them. */
export class EndpointCache {
  private endpoints: readonly ServiceEndpoint[] = [];
  private validUntil = Number.NEGATIVE_INFINITY;
  private refreshing: Promise<void> | undefined;
  private readonly end = new AbortController();
  /** What the last question to the source failed with. */
  lastError: unknown;

  constructor(
    private readonly service: string,
    private readonly source: ServiceDiscovery,
    private readonly ttl: number,
    private readonly clock: Clock,
  ) {}

  /** @throws {ServiceUnavailableError} when none was ever found */
  current(): readonly ServiceEndpoint[] | Promise<readonly ServiceEndpoint[]> {
    const due = this.clock.monotonic() >= this.validUntil;
    if (due) this.warm();
    return this.endpoints.length > 0 ? this.endpoints : this.first();
  }

  /** So that the first call does not wait for it. */
  warm(): void {
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
  }

  close(): void {
    this.end.abort();
  }

  private async first(): Promise<readonly ServiceEndpoint[]> {
    await this.refreshing;
    if (this.endpoints.length > 0) return this.endpoints;
    throw new ServiceUnavailableError(this.service, 'discovery has no endpoint of it', { cause: this.lastError });
  }

  /** Never rejects. */
  private async refresh(): Promise<void> {
    try {
      const { endpoints, ttl = this.ttl } = await this.source.discover(this.service, this.end.signal);
      // An empty answer is more often a fault of the source than the end of all instances: the last one serves on.
      if (endpoints.length === 0) throw new Error('The source knows no endpoint.');
      this.endpoints = endpoints.map((endpoint) => ({ ...endpoint, url: endpoint.url.replace(/\/+$/, '') }));
      this.validUntil = this.clock.monotonic() + Math.max(ttl, SHORTEST_TTL_MS);
      this.lastError = undefined;
    } catch (error) {
      this.lastError = error;
      this.validUntil = this.clock.monotonic() + RETRY_MS;
    }
  }
}
