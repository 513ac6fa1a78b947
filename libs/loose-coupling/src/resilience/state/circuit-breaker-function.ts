import { type Clock, SystemClock } from '../../kernel/index.js';
import { CircuitStoreError } from '../errors/circuit-store.error.js';
import type { CircuitCounts, CircuitStateStore, SharedCircuit } from './circuit-state-store.js';
import { FUNCTION_OWNER, INITIAL_COUNTS } from './function-counts.js';
import { unwrittenCircuit } from './shared-circuit.js';

export interface CircuitBreakerFunctionOptions {
  /** Limits of circuits that are not stored yet. Default: 5 failures, 60 seconds, 3 calls while half-open. */
  readonly limits?: Partial<Pick<CircuitCounts, 'failureThreshold' | 'timeoutSeconds' | 'halfOpenMaxCalls'>>;
  /** Told why an answer is 500; the answer itself does not say. */
  readonly onError?: (error: unknown) => void;
  /** Told the service whenever its circuit opens, and for each call that is refused: what an alarm counts. */
  readonly onOpen?: (service: string) => void;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

export interface CircuitBreakerFunctionResult {
  readonly statusCode: 200 | 400 | 500;
  /** JSON. */
  readonly body: string;
}

/** A circuit with its counts: what an action looks at. */
type Counted = SharedCircuit & { readonly counts: CircuitCounts };
/** What an action answers, and what the circuit is afterwards, if it changes. */
interface Step {
  readonly answer: { readonly allowed?: boolean; readonly reason?: string; readonly message?: string };
  readonly next?: Omit<Counted, 'name' | 'generation'>;
}

const allow = (reason: string, next?: Step['next']): Step => ({
  answer: { allowed: true, reason },
  ...(next && { next }),
});
const refuse = (reason: string): Step => ({ answer: { allowed: false, reason } });

/** Writers that lose a race take the next turn; this many turns in a row nobody loses. */
const ATTEMPTS = 50;

/**
 * The circuit breaker function of the source document, for callers that have no breaker of their own:
 * `{ action: 'check' | 'success' | 'failure', service_name }`, with the same status codes and bodies. It counts in the same store
 * as the breakers, and opens and closes the same circuits. Every write is conditional and tried again when another was
 * faster, so no failure is lost and no test call is given twice. A half-open circuit that nobody has decided for
 * `timeout_seconds` lets test calls through again, where the source's stays shut for ever.
 */
export class CircuitBreakerFunction {
  private readonly initial: CircuitCounts;
  private readonly clock: Clock;
  private readonly onError: (error: unknown) => void;
  private readonly onOpen: (service: string) => void;

  constructor(
    private readonly store: CircuitStateStore,
    {
      limits = {},
      clock = new SystemClock(),
      onError = () => undefined,
      onOpen = () => undefined,
    }: CircuitBreakerFunctionOptions = {},
  ) {
    this.onOpen = onOpen;
    this.initial = { ...INITIAL_COUNTS, ...limits };
    this.clock = clock;
    this.onError = onError;
  }

  /** Never rejects. */
  readonly handler = async (event: unknown): Promise<CircuitBreakerFunctionResult> => {
    const { action, service_name: name } = (event ?? {}) as { action?: unknown; service_name?: unknown };
    if (typeof name !== 'string' || name === '') return respond(400, { error: 'service_name is required' });
    const act = typeof action === 'string' && Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (!act) return respond(400, { error: 'Invalid action' });
    try {
      return respond(200, await this.run(name, act));
    } catch (error) {
      this.onError(error);
      return respond(500, { error: 'Internal server error' });
    }
  };

  private async run(name: string, act: Action): Promise<object> {
    let [stored = unwrittenCircuit(name)] = await this.store.read([name]);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { answer, next } = act({ ...stored, counts: stored.counts ?? this.initial }, this.clock.now());
      if (!next) {
        if (answer.allowed === false) this.onOpen(name);
        return answer;
      }
      const written = await this.store.write({ ...next, name, generation: stored.generation + 1 }, stored.generation);
      if (written === true) {
        if (next.state === 'open') this.onOpen(name);
        return answer;
      }
      stored = written;
    }
    throw new CircuitStoreError(
      `refused ${ATTEMPTS} writes to "${name}" in a row, because others were faster`,
      'Report less often.',
    );
  }
}

type Action = (circuit: Counted, now: number) => Step;

const ACTIONS: Readonly<Record<string, Action>> = {
  check: (circuit, now) => {
    if (circuit.state === 'closed') return allow('Circuit is closed');
    const mayTry = circuit.state === 'open' ? now >= circuit.openUntil : now >= (circuit.probe?.until ?? 0);
    if (mayTry) return allow('Circuit transitioning to half-open', halfOpen(circuit, 0, now));
    if (circuit.state === 'open') return refuse('Circuit is open');
    const { halfOpenCalls, halfOpenMaxCalls } = circuit.counts;
    // Another holder of the lease is a process with a breaker of its own, which probes alone.
    const mine = circuit.probe?.owner === FUNCTION_OWNER;
    if (!mine || halfOpenCalls >= halfOpenMaxCalls) return refuse('Circuit half-open limit exceeded');
    const until = circuit.probe?.until;
    return allow('Circuit is half-open, allowing test call', halfOpen(circuit, halfOpenCalls + 1, now, until));
  },

  success: (circuit) => {
    const answer = { message: 'Success recorded' };
    const { counts, state } = circuit;
    if (state === 'open' || (state === 'closed' && counts.failureCount === 0)) return { answer };
    const reset = { ...counts, failureCount: 0, halfOpenCalls: 0 };
    return { answer, next: { state: 'closed', openUntil: 0, timesOpened: 0, counts: reset } };
  },

  failure: (circuit, now) => {
    const answer = { message: 'Failure recorded' };
    const counts = { ...circuit.counts, failureCount: circuit.counts.failureCount + 1, lastFailureTime: now };
    if (circuit.state === 'closed' && counts.failureCount < counts.failureThreshold) {
      return { answer, next: { state: 'closed', openUntil: 0, timesOpened: 0, counts } };
    }
    const timesOpened = circuit.timesOpened + (circuit.state === 'open' ? 0 : 1);
    return { answer, next: { state: 'open', openUntil: now + counts.timeoutSeconds * 1000, timesOpened, counts } };
  },
};

const halfOpen = (
  { openUntil, timesOpened, counts }: Counted,
  halfOpenCalls: number,
  now: number,
  until = now + counts.timeoutSeconds * 1000,
): Step['next'] => ({
  state: 'half-open',
  openUntil,
  timesOpened,
  probe: { owner: FUNCTION_OWNER, until },
  counts: { ...counts, halfOpenCalls },
});

const respond = (statusCode: 200 | 400 | 500, body: object): CircuitBreakerFunctionResult => ({
  statusCode,
  body: JSON.stringify(body),
});
