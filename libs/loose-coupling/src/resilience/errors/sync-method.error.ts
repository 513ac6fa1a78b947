import { LooseCouplingError } from '../../kernel/index.js';

/**
 * Thrown when a method behind resilience decorators turns out to be synchronous: policies wait and time, so such a method
 * could not keep its shape. Thrown to the caller past all policies (it is neither retried nor counted nor answered by a
 * fallback). The call that found out has run; later ones do not.
 */
export class SyncMethodError extends LooseCouplingError {
  readonly code = 'LC_SYNC_METHOD';

  constructor(
    readonly method: string,
    readonly returned: string,
  ) {
    super(
      `${method} has resilience decorators and returned ${returned}; expected a promise, an Observable or an async iterable. ` +
        'Make the method async, or take the decorators off.',
    );
  }
}
