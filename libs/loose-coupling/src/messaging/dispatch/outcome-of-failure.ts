import { backoffDelay, isLooseCouplingError } from '../../kernel/index.js';
import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import { maxDeliveries, type RetryPolicy } from './retry-policy.js';

/**
 * Errors that another attempt cannot cure. After a commit it would even hide the fault: the commit has marked the
 * message as handled.
 */
const PERMANENT = [
  'LC_DEAD_LETTER',
  'LC_UNPARSABLE_MESSAGE',
  'LC_NO_HANDLER',
  'LC_SECOND_COMMIT',
  'LC_FAILED_AFTER_COMMIT',
  'LC_TAMPERED_DATA',
  'LC_UNREADABLE_EVENT',
];

/** What becomes of a message whose attempt number `attempt` ended with `error`. */
export function outcomeOfFailure(
  error: unknown,
  attempt: number,
  retry: RetryPolicy,
  handler: string | undefined,
  random: () => number = Math.random,
): Outcome {
  const code = isLooseCouplingError(error) ? error.code : undefined;
  if (code === 'LC_DISCARD') return ACKNOWLEDGE;
  if (code === 'LC_HELD_BACK') return { action: 'release' };
  if (code === 'LC_RETRY_LATER' && attempt < maxDeliveries(retry)) {
    return { action: 'retry', delay: delayOf(error as { delay?: unknown }), error };
  }
  if (attempt >= retry.maxAttempts || (code !== undefined && PERMANENT.includes(code))) {
    return { action: 'deadLetter', error, ...(handler !== undefined && { handler }) };
  }
  return { action: 'retry', delay: backoffDelay(attempt, retry, random), error };
}

const delayOf = ({ delay }: { delay?: unknown }): number =>
  typeof delay === 'number' && delay > 0 && Number.isFinite(delay) ? delay : 0;
