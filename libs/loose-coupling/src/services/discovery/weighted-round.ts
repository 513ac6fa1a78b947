import type { EndpointState } from './endpoint-state.js';

export interface Weighted {
  readonly weight: number;
  readonly state: EndpointState;
}

/**
 * The next in turn: each comes as often as its weight says, and as evenly spread as can be. Smooth weighted round robin, as nginx has it
 * (ngx_http_upstream_round_robin.c): each is credited with its weight, the one with most is taken and pays for all.
 */
export function nextInTurn<Candidate extends Weighted>(candidates: readonly Candidate[]): Candidate {
  let best = candidates[0] as Candidate;
  let total = 0;
  for (const candidate of candidates) {
    const { state, weight } = candidate;
    state.credit += weight;
    total += weight;
    if (state.credit > best.state.credit) best = candidate;
  }
  best.state.credit -= total;
  return best;
}

/** Of what a weight of 0 gets, where others have more: RFC 2782 asks for "a very small chance". */
const SHARE_OF_NONE = 1_000;

/** Weights that can be divided by: all the same when all are 0. */
export function usableWeights(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  return weights.map((weight) => (total === 0 ? 1 : Math.max(weight, total / SHARE_OF_NONE)));
}
