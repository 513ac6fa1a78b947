import { FUNCTION_OWNER, INITIAL_COUNTS, type CircuitCounts, type SharedCircuit } from '../../resilience/index.js';

/** An item of the table: the attributes of the source document's Lambda, in seconds, and ours, in milliseconds. */
export type CircuitItem = Readonly<Record<string, unknown>>;

const STATES = { closed: 'CLOSED', open: 'OPEN', 'half-open': 'HALF_OPEN' } as const;
const STATE_OF: Readonly<Record<string, SharedCircuit['state']>> = {
  CLOSED: 'closed',
  OPEN: 'open',
  HALF_OPEN: 'half-open',
};

/** `writeId` recognises a write whose reply was lost. */
export function toItem(circuit: SharedCircuit, writeId: string, now: number): CircuitItem {
  const { name, state, generation, openUntil, timesOpened, probe, counts = INITIAL_COUNTS } = circuit;
  return {
    service_name: name,
    state: STATES[state],
    failure_count: counts.failureCount,
    last_failure_time: lastFailureTime(circuit, counts) / 1000,
    failure_threshold: counts.failureThreshold,
    timeout_seconds: counts.timeoutSeconds,
    half_open_max_calls: counts.halfOpenMaxCalls,
    half_open_calls: counts.halfOpenCalls,
    updated_at: now / 1000,
    generation,
    open_until: openUntil,
    times_opened: timesOpened,
    write_id: writeId,
    ...(probe && { probe_owner: probe.owner, probe_until: probe.until }),
  };
}

export function fromItem(item: CircuitItem): SharedCircuit {
  const name = String(item['service_name']);
  const state = STATE_OF[String(item['state'])] ?? 'closed';
  const counts = countsOf(item);
  if (item['generation'] === undefined) return writtenByLambda(name, state, counts, item);
  const circuit: SharedCircuit = {
    name,
    state,
    generation: number(item['generation'], 0),
    openUntil: number(item['open_until'], 0),
    timesOpened: number(item['times_opened'], 0),
    ...(item['probe_owner'] !== undefined && {
      probe: { owner: String(item['probe_owner']), until: number(item['probe_until'], 0) },
    }),
  };
  return isUncounted(circuit, counts) ? circuit : { ...circuit, counts };
}

/** What the Lambda of the source document wrote: no generation, and as long as it is open, or probes, in other words. */
function writtenByLambda(
  name: string,
  state: SharedCircuit['state'],
  counts: CircuitCounts,
  item: CircuitItem,
): SharedCircuit {
  const timeout = counts.timeoutSeconds * 1000;
  const written = milliseconds(item['updated_at'], 0);
  return {
    name,
    state,
    generation: 0,
    openUntil: state === 'open' ? counts.lastFailureTime + timeout : 0,
    timesOpened: state === 'closed' ? 0 : 1,
    ...(state === 'half-open' && { probe: { owner: FUNCTION_OWNER, until: written + timeout } }),
    counts,
  };
}

// The Lambda lets a call through `timeout_seconds` after the last failure, so while open that is when it was.
const lastFailureTime = ({ state, openUntil }: SharedCircuit, counts: CircuitCounts): number =>
  state === 'open' ? openUntil - counts.timeoutSeconds * 1000 : counts.lastFailureTime;

const countsOf = (item: CircuitItem): CircuitCounts => ({
  failureCount: number(item['failure_count'], INITIAL_COUNTS.failureCount),
  lastFailureTime: milliseconds(item['last_failure_time'], INITIAL_COUNTS.lastFailureTime),
  failureThreshold: number(item['failure_threshold'], INITIAL_COUNTS.failureThreshold),
  timeoutSeconds: number(item['timeout_seconds'], INITIAL_COUNTS.timeoutSeconds),
  halfOpenMaxCalls: number(item['half_open_max_calls'], INITIAL_COUNTS.halfOpenMaxCalls),
  halfOpenCalls: number(item['half_open_calls'], INITIAL_COUNTS.halfOpenCalls),
});

const isUncounted = (circuit: SharedCircuit, counts: CircuitCounts): boolean =>
  counts.failureCount === INITIAL_COUNTS.failureCount &&
  counts.failureThreshold === INITIAL_COUNTS.failureThreshold &&
  counts.timeoutSeconds === INITIAL_COUNTS.timeoutSeconds &&
  counts.halfOpenMaxCalls === INITIAL_COUNTS.halfOpenMaxCalls &&
  counts.halfOpenCalls === INITIAL_COUNTS.halfOpenCalls &&
  counts.lastFailureTime === lastFailureTime(circuit, INITIAL_COUNTS);

function number(value: unknown, otherwise: number): number {
  const result = typeof value === 'number' ? value : Number(value ?? Number.NaN);
  return Number.isFinite(result) ? result : otherwise;
}

const milliseconds = (value: unknown, otherwise: number): number => Math.round(number(value, otherwise / 1000) * 1000);
