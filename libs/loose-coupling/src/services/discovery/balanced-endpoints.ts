import type { Clock } from '../../kernel/index.js';
import type { EndpointLease, EndpointPool } from '../client/endpoint-pool.js';
import type { Balancing, DiscoveryOptions } from './discovery.options.js';
import type { EndpointCache } from './endpoint-cache.js';
import { EndpointState } from './endpoint-state.js';
import type { ServiceEndpoint } from './service-discovery.js';

interface Candidate {
  readonly endpoint: ServiceEndpoint;
  readonly state: EndpointState;
}

/** An endpoint as it is now. */
export interface EndpointView {
  readonly url: string;
  readonly zone: string | undefined;
  readonly pending: number;
  readonly ejected: boolean;
}

/** Chooses among the endpoints that were found, and leaves out those that keep failing. When all fail, all are used: one may be well again. */
export class BalancedEndpoints implements EndpointPool {
  private readonly states = new Map<string, EndpointState>();
  private known: readonly ServiceEndpoint[] = [];
  private turn = 0;

  constructor(
    private readonly cache: EndpointCache,
    private readonly options: Pick<DiscoveryOptions, 'balancing' | 'zone' | 'ejection'>,
    private readonly clock: Clock,
  ) {}

  lease(): EndpointLease | Promise<EndpointLease> {
    const endpoints = this.cache.current();
    return Array.isArray(endpoints)
      ? this.choose(endpoints as readonly ServiceEndpoint[])
      : (endpoints as Promise<readonly ServiceEndpoint[]>).then((found) => this.choose(found));
  }

  view(): EndpointView[] {
    const now = this.clock.monotonic();
    return this.known.map(({ url, zone }) => {
      const state = this.states.get(url);
      return { url, zone, pending: state?.pending ?? 0, ejected: state?.isEjected(now) ?? false };
    });
  }

  close(): void {
    this.cache.close();
  }

  private choose(endpoints: readonly ServiceEndpoint[]): EndpointLease {
    if (endpoints !== this.known) this.follow(endpoints);
    const now = this.clock.monotonic();
    const all = endpoints.map((endpoint) => ({ endpoint, state: this.stateOf(endpoint.url) }));
    const well = all.filter(({ state }) => !state.isEjected(now));
    const { endpoint, state } = this.pick(well.length > 0 ? well : all);
    return this.leaseOf(endpoint.url, state);
  }

  private pick(candidates: readonly Candidate[]): Candidate {
    const { balancing = 'round-robin' as Balancing, zone } = this.options;
    const near = balancing === 'zone-first' ? candidates.filter(({ endpoint }) => endpoint.zone === zone) : [];
    const from = near.length > 0 ? near : candidates;
    // Among equals, in turn: else the first one would get all calls that come one after the other.
    const inTurn = from[this.turn++ % from.length] as Candidate;
    if (balancing !== 'least-pending') return inTurn;
    return from.reduce((best, each) => (each.state.pending < best.state.pending ? each : best), inTurn);
  }

  private leaseOf(url: string, state: EndpointState): EndpointLease {
    state.pending += 1;
    return {
      url,
      release: (outcome) => {
        state.pending -= 1;
        if (outcome === 'success') state.succeeded();
        if (outcome === 'failure') state.failed(this.clock.monotonic());
      },
    };
  }

  private follow(endpoints: readonly ServiceEndpoint[]): void {
    this.known = endpoints;
    const urls = new Set(endpoints.map(({ url }) => url));
    for (const url of this.states.keys()) if (!urls.has(url)) this.states.delete(url);
  }

  private stateOf(url: string): EndpointState {
    let state = this.states.get(url);
    if (!state) this.states.set(url, (state = new EndpointState(this.options.ejection ?? {})));
    return state;
  }
}
