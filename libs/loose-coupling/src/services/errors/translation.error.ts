import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by a translation: what came is not what the others promise, or what was made of it is not what we do. */
export class TranslationError extends LooseCouplingError {
  readonly code = 'LC_TRANSLATION';

  constructor(
    readonly translation: string,
    /** `from`: what came. `to`: what was made of it. `translate`: the function itself failed. */
    readonly side: 'from' | 'to' | 'translate',
    cause: unknown,
  ) {
    const whose = { from: 'what came does not fit', to: 'what it made does not fit', translate: 'its function failed' };
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The translation "${translation}": ${whose[side]}: ${why}. Correct it, or its schemas.`, { cause });
  }
}
