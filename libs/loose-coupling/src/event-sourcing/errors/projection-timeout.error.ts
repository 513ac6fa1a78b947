import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by `waitForProjection` when the projection did not get there in time. It goes on; wait again, or answer without it. */
export class ProjectionTimeoutError extends LooseCouplingError {
  readonly code = 'LC_PROJECTION_TIMEOUT';

  constructor(
    readonly projection: string,
    readonly wanted: string,
    readonly position: number,
    timeout: number,
  ) {
    super(
      `The projection "${projection}" did not reach ${wanted} within ${timeout} ms; it is at position ${position}. ` +
        'See Projections.status() for how far it is behind, and whether the event is parked.',
    );
  }
}
