import { LooseCouplingError } from '../../kernel/index.js';

/**
 * Thrown when an attempt, or all of them together, took too long. The work was asked to stop, and may still have had its effect, unless
 * the attempt was still waiting for room in a bulkhead (`notStarted`).
 */
export class OperationTimeoutError extends LooseCouplingError {
  readonly code = 'LC_OPERATION_TIMEOUT';
  readonly statusCode = 504;
  readonly retryAfterMs: number | undefined = undefined;

  constructor(
    readonly policy: string,
    readonly timeout: number,
    readonly scope: 'attempt' | 'total',
    /** Whether the work was certainly not called. */
    readonly notStarted = false,
  ) {
    super(
      `"${policy}" took longer than ${timeout} ms (${scope === 'attempt' ? 'one attempt' : 'all attempts together'}). ` +
        (notStarted
          ? 'It was still waiting for room, and has not begun.'
          : 'It may still have had its effect; its signal was aborted.'),
    );
  }
}
