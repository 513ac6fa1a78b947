import { RejectionError } from './rejection.error.js';

/** Thrown while a circuit refuses calls. Carries no stack trace of its own: it is thrown often, and by this package. */
export class CircuitOpenError extends RejectionError {
  readonly code = 'LC_CIRCUIT_OPEN';
  readonly statusCode = 503;

  constructor(
    readonly policy: string,
    readonly state: 'open' | 'half-open' | 'forced-open',
    readonly retryAfterMs: number | undefined,
  ) {
    super(
      `The circuit "${policy}" is ${state} and refuses calls` +
        (retryAfterMs === undefined ? '.' : `; try again in ${Math.ceil(retryAfterMs)} ms.`),
    );
  }
}
