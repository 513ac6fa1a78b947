import type { CircuitBreakerSettings } from '../../options/circuit-breaker.options.js';
import { DEFAULT_OPEN_DURATION } from './circuit-breaker.settings.js';

/**
 * Milliseconds that a circuit stays open for the `timesOpened`th time in a row. A function that throws, or answers with something
 * other than a duration, is answered for by the default: a mistake there must not cost the breaker.
 */
export function openDurationOf(settings: CircuitBreakerSettings, timesOpened: number): number {
  const { openDuration, maxOpenDuration } = settings;
  if (typeof openDuration === 'number') return openDuration;
  return Math.min(grown(openDuration, timesOpened), maxOpenDuration);
}

function grown(openDuration: (timesOpened: number) => number, timesOpened: number): number {
  try {
    const duration: unknown = openDuration(timesOpened);
    return typeof duration === 'number' && duration >= 0 ? duration : DEFAULT_OPEN_DURATION;
  } catch {
    return DEFAULT_OPEN_DURATION;
  }
}
