import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when personal data shall be stored or sent of a subject that was forgotten. Nothing was stored. */
export class SubjectForgottenError extends LooseCouplingError {
  readonly code = 'LC_SUBJECT_FORGOTTEN';

  constructor(readonly subject: string) {
    super(
      `The subject "${subject}" was forgotten, so nothing personal of it can be stored or sent any more. If the person ` +
        'has come back, use a new id for them; else leave the personal fields out.',
    );
  }
}
