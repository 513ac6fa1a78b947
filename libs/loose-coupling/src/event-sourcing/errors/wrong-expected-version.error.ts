import { LooseCouplingError } from '../../kernel/index.js';
import type { ExpectedVersion } from '../core/event-store.js';

/** Thrown when a stream is not as its writer expected, usually because another writer was faster. Nothing was stored. */
export class WrongExpectedVersionError extends LooseCouplingError {
  readonly code = 'LC_WRONG_EXPECTED_VERSION';

  constructor(
    readonly streamName: string,
    readonly expected: ExpectedVersion,
    /** Version of the stream's last event; 0 when it has none. */
    readonly actual: number,
  ) {
    super(
      `Stream "${streamName}": expected ${describe(expected)}, but it ` +
        `${actual === 0 ? 'has no events' : `is at version ${actual}`}. Nothing was stored. ` +
        'Load it again, decide again and retry; AggregateRepository.execute does so.',
    );
  }
}

function describe(expected: ExpectedVersion): string {
  if (expected === 'noStream' || expected === 0) return 'a stream without events';
  return expected === 'streamExists' ? 'a stream with events' : `version ${expected}`;
}
