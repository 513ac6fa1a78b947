import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when something holds fields marked as personal data, and no option says how they are protected. */
export class UnprotectedPersonalDataError extends LooseCouplingError {
  readonly code = 'LC_UNPROTECTED_PERSONAL_DATA';

  constructor(what: string) {
    super(
      `${what} has fields that are marked as personal data, and nothing protects them, so it was refused. ` +
        'Set `personalData` in LooseCouplingModule.forRoot, or give the store a `protection`.',
    );
  }
}
