import type { Clock } from '../../kernel/index.js';
import type { EndpointLease, EndpointPool } from '../client/endpoint-pool.js';
import type { Balancing, DiscoveryOptions } from './discovery.options.js';
import type { EndpointCache } from './endpoint-cache.js';
import { EndpointState } from './endpoint-state.js';
import type { ServiceEndpoint } from './service-discovery.js';
import { nextInTurn, usableWeights } from './weighted-round.js';

interface Candidate {
  readonly endpoint: ServiceEndpoint;
  readonly state: EndpointState;
  readonly priority: number;
  readonly weight: number;
}

/** An endpoint as it is now. */
export interface EndpointView {
  readonly url: string;
  readonly zone: string | undefined;
  readonly pending: number;
  readonly ejected: boolean;
}

/**
 * Chooses among the endpoints that were found, and leaves out those that keep failing. Of those that are well, the ones of the best priority
 * are used, each as its weight says. When all fail, all are used: one may be well again.
 */
export class BalancedEndpoints implements EndpointPool {
  private readonly states = new Map<string, EndpointState>();
  private known: readonly ServiceEndpoint[] = [];
  private candidates: readonly Candidate[] = [];

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
    const well = this.candidates.filter(({ state }) => !state.isEjected(now));
    const { endpoint, state } = this.pick(well.length > 0 ? ofBestPriority(well) : this.candidates);
    return this.leaseOf(endpoint.url, state);
  }

  private pick(candidates: readonly Candidate[]): Candidate {
    const { balancing = 'round-robin' as Balancing, zone } = this.options;
    const near = balancing === 'zone-first' ? candidates.filter(({ endpoint }) => endpoint.zone === zone) : [];
    // Among equals, in turn: else the first one would get all calls that come one after the other.
    const inTurn = nextInTurn(near.length > 0 ? near : candidates);
    if (balancing !== 'least-pending') return inTurn;
    return candidates.reduce((best, each) => (loadOf(each) < loadOf(best) ? each : best), inTurn);
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
    const weights = usableWeights(endpoints.map(({ weight = 1 }) => weight));
    this.candidates = endpoints.map((endpoint, index) => ({
      endpoint,
      state: this.stateOf(endpoint.url),
      priority: endpoint.priority ?? 0,
      weight: weights[index] ?? 1,
    }));
  }

  private stateOf(url: string): EndpointState {
    let state = this.states.get(url);
    if (!state) this.states.set(url, (state = new EndpointState(this.options.ejection ?? {})));
    return state;
  }
}

/** What it has in hand with one more, in relation to what it can take. */
const loadOf = ({ state, weight }: Candidate): number => (state.pending + 1) / weight;

function ofBestPriority(candidates: readonly Candidate[]): readonly Candidate[] {
  const best = Math.min(...candidates.map(({ priority }) => priority));
  return candidates.filter(({ priority }) => priority === best);
}
