import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a service answered, but with something that its contract does not know. */
export class InvalidServiceResponseError extends LooseCouplingError {
  readonly code = 'LC_INVALID_SERVICE_RESPONSE';
  readonly statusCode = 502;

  constructor(
    readonly service: string,
    readonly operation: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The answer of the service "${service}" to "${operation}" ${reason}. Contract and service differ.`, options);
  }
}
