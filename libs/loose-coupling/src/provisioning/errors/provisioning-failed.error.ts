import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when AWS refused something. What was done before stays; the same command goes on from there. */
export class ProvisioningFailedError extends LooseCouplingError {
  readonly code = 'LC_PROVISIONING_FAILED';

  constructor(
    /** What could not be done: `create queue shop-orders-dev`. */
    readonly step: string,
    /** What was done before. */
    readonly done: readonly string[],
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const before = done.length === 0 ? 'Nothing was changed' : `Done before: ${done.join(', ')}`;
    super(`Could not ${step}: ${reason}. ${before}. Mend the cause and run the same command again.`, { cause });
  }
}
