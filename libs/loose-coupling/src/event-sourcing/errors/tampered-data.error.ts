import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when encrypted personal data is not what was stored there, or was moved from elsewhere. */
export class TamperedDataError extends LooseCouplingError {
  readonly code = 'LC_TAMPERED_DATA';

  constructor(readonly where: string) {
    super(
      `The personal data of ${where} was changed, or was moved there from another event, field or subject. Find out who ` +
        'writes into the store besides this package, and restore the original.',
    );
  }
}
