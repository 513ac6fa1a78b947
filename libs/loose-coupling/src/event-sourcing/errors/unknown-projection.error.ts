import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a projection is asked for that this application does not have. */
export class UnknownProjectionError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_PROJECTION';

  constructor(name: string, known: Iterable<string>) {
    super(
      `There is no projection "${name}" here; known are ${[...known].join(', ') || 'none'}. List its class, with ` +
        '@Projection, in forFeature({ projections }).',
    );
  }
}
