import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an attempt, or all of them together, took too long. The work was asked to stop, and may still have had its effect. */
export class OperationTimeoutError extends LooseCouplingError {
  readonly code = 'LC_OPERATION_TIMEOUT';
  readonly statusCode = 504;
  readonly retryAfterMs: number | undefined = undefined;

  constructor(
    readonly policy: string,
    readonly timeout: number,
    readonly scope: 'attempt' | 'total',
  ) {
    super(
      `"${policy}" took longer than ${timeout} ms (${scope === 'attempt' ? 'one attempt' : 'all attempts together'}). ` +
        'It may still have had its effect; its signal was aborted.',
    );
  }
}
