import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown for a queue that was never made, or was deleted. */
export class UnknownQueueError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_QUEUE';

  constructor(
    readonly queue: string,
    /** Undefined where they cannot be listed. */
    known?: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`There is no queue "${queue}".${known ? ` ${listOf(known)}` : ''} Create it, or check the name.`, options);
  }
}

const MOST_NAMES = 20;

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'There are no queues yet.';
  const shown = [...names].sort().slice(0, MOST_NAMES).join(', ');
  return `Known are: ${shown}${names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : ''}.`;
}
