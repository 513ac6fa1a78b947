import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a service gave no answer: no connection, one that broke, no endpoint, no reply. */
export class ServiceUnavailableError extends LooseCouplingError {
  readonly code = 'LC_SERVICE_UNAVAILABLE';
  /** The HTTP status that Nest and Express answer when nothing else maps the error. */
  readonly statusCode = 503;

  constructor(
    readonly service: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The service "${service}" gave no answer: ${reason}. See whether it runs, and where this client looks for it.`,
      options,
    );
  }
}
