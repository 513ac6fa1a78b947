import type { CircuitDescription, CircuitState } from '../resilience/index.js';

/** What a health check shows of a circuit. Of a keyed one, counts only: keys may be tenants, and many. */
export interface CircuitHealth {
  readonly state: CircuitState;
  /** Percent of the calls in the window; absent below `minimumCalls`. */
  readonly failureRate?: number;
  /** Milliseconds until an open circuit lets a probe through. */
  readonly retryAfterMs?: number;
  /** Of a keyed circuit: how many keys there are, and how many of them refuse. */
  readonly keys?: { readonly total: number; readonly refusing: number };
}

const refuses = (state: CircuitState): boolean => state === 'open' || state === 'forced-open';

/** Whether nobody gets through: the circuit is open; of a keyed one, every key. */
export function isRefusing({ state, keys }: CircuitHealth): boolean {
  return keys ? keys.total > 0 && keys.refusing === keys.total : refuses(state);
}

/** The circuits of a registry by name, the keys of one name together. */
export function healthByName(circuits: readonly CircuitDescription[]): Map<string, CircuitHealth> {
  const groups = new Map<string, CircuitDescription[]>();
  for (const circuit of circuits) {
    const group = groups.get(circuit.name);
    if (group) group.push(circuit);
    else groups.set(circuit.name, [circuit]);
  }
  return new Map([...groups].map(([name, group]) => [name, healthOf(group)]));
}

function healthOf(group: readonly CircuitDescription[]): CircuitHealth {
  const refusing = group.filter(({ state }) => refuses(state));
  const shown = refusing[0] ?? group[0];
  const { state = 'closed', failureRate, retryAfterMs } = shown ?? {};
  const isKeyed = group.some(({ key }) => key !== undefined);
  if (isKeyed) return { state, keys: { total: group.length, refusing: refusing.length } };
  return {
    state,
    ...(failureRate !== undefined && { failureRate }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
