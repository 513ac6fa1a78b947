import { LooseCouplingError } from '../../kernel/index.js';

/** A call to AWS failed as a whole; `cause` is what the SDK said. */
export class AwsCallError extends LooseCouplingError {
  readonly code = 'LC_AWS_CALL';

  constructor(
    call: string,
    /** True when trying again is not expected to help: no credentials, no permission. */
    readonly permanent: boolean,
    cause: Error,
  ) {
    const hint = permanent ? 'Check credentials, region and permissions.' : 'It is tried again.';
    super(`${call} failed: ${cause.name}: ${cause.message} ${hint}`, { cause });
  }
}
