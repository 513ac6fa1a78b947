import { backoffDelay, withJitter } from '../../../kernel/index.js';
import type { RetryOptions } from '../../options/policy-options.js';
import type { RetrySchedule } from './retry.port.js';

export type RetryScheduleSettings = Required<Pick<RetryOptions, 'initialDelay' | 'maxDelay' | 'backoff' | 'jitter'>>;

/**
 * Waits between attempts, in milliseconds, never above `maxDelay` however many attempts. Jitter is laid over the capped wait.
 * Source of `full`, `equal` and `decorrelated`: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * @param random draws from [0, 1)
 */
export function createRetrySchedule(settings: RetryScheduleSettings, random: () => number): RetrySchedule {
  const { initialDelay, maxDelay, jitter } = settings;
  const capped = (delay: number): number => withJitter(Math.min(delay, maxDelay), jitter, random);
  switch (settings.backoff) {
    case 'constant':
      return { delay: () => capped(initialDelay) };
    case 'linear':
      return { delay: (attempt) => capped(initialDelay * attempt) };
    case 'exponential':
      return { delay: (attempt) => backoffDelay(attempt, settings, random) };
    case 'decorrelated':
      return { delay: (_attempt, previous) => decorrelated(initialDelay, maxDelay, previous, random()) };
  }
}

/** Between the first wait and three times the last one, which a Retry-After may have made long. */
function decorrelated(initialDelay: number, maxDelay: number, previous: number, drawn: number): number {
  const highest = Math.min(3 * Math.max(previous, initialDelay), Number.MAX_VALUE);
  return Math.min(maxDelay, initialDelay + drawn * (highest - initialDelay));
}
