import type { CircuitDescription, CircuitState } from '../resilience/index.js';

/** What a health check shows of a circuit. Of a keyed one, counts only: keys may be tenants, and many. */
export interface CircuitHealth {
  readonly state: CircuitState;
  /** Percent of the calls in the window; absent below `minimumCalls`. */
  readonly failureRate?: number;
  /** Milliseconds until an open circuit lets a probe through. */
  readonly retryAfterMs?: number;
  /** Of a keyed circuit: how many keys are in memory, and how many of them refuse. */
  readonly keys?: { readonly total: number; readonly refusing: number };
}

/** Of a circuit with a key, how many keys have to refuse for it to count as refusing. */
export type RefusingKeys = 'never' | 'any' | 'all';

const isOpen = ({ state }: CircuitHealth): boolean => state === 'open' || state === 'forced-open';

/** Whether no call gets through. An open circuit whose time has passed waits for one to probe with: whoever sends none keeps it open. */
const refuses = (circuit: CircuitHealth): boolean => isOpen(circuit) && circuit.retryAfterMs !== 0;

export function isRefusing(circuit: CircuitHealth, keyed: RefusingKeys): boolean {
  const { keys } = circuit;
  if (keys === undefined) return refuses(circuit);
  return keyed !== 'never' && keys.refusing >= (keyed === 'any' ? 1 : Math.max(1, keys.total));
}

/** Whether somebody is refused, or was until just now. */
export const isDegraded = (circuit: CircuitHealth): boolean => isOpen(circuit) || (circuit.keys?.refusing ?? 0) > 0;

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
  const refusing = group.filter(refuses);
  const shown = refusing[0] ?? group.find(isOpen) ?? group[0];
  const { state = 'closed', failureRate, retryAfterMs } = shown ?? {};
  const isKeyed = group.some(({ key }) => key !== undefined);
  if (isKeyed) return { state, keys: { total: group.length, refusing: refusing.length } };
  return {
    state,
    ...(failureRate !== undefined && { failureRate }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
