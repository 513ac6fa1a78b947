import type { Outcome } from '../core/outcome.js';
import { isRetryableByDefault } from '../core/retry/is-retryable.js';
import type { OutcomeOptions } from '../options/policy-options.js';

/**
 * How an error counts: `ignoreIf` is asked first, then `recordIf`. By default aborts, our own rejections and ClosedError are ignored, which
 * is just what is not worth a retry, and everything else fails, our timeouts included.
 */
export function outcomeOfErrorBy({ ignoreIf, recordIf }: OutcomeOptions): (error: unknown) => Outcome {
  return (error) => {
    if (says(ignoreIf, error) === true) return 'ignored';
    const recorded = says(recordIf, error) ?? isRetryableByDefault(error);
    return recorded ? 'failure' : 'ignored';
  };
}

/** Undefined when no result counts as a failure. */
export function outcomeOfResultBy({ recordResultIf }: OutcomeOptions): ((result: unknown) => Outcome) | undefined {
  return recordResultIf && ((result) => (says(recordResultIf, result) === true ? 'failure' : 'success'));
}

/** A predicate that throws has said nothing: it must neither replace the caller's error nor keep a permit. */
function says(predicate: ((value: unknown) => boolean) | undefined, value: unknown): boolean | undefined {
  try {
    return predicate?.(value);
  } catch {
    return undefined;
  }
}
