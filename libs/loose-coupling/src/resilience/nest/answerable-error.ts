import { isLooseCouplingError, type LooseCouplingError } from '../../kernel/index.js';

/** An error of this package that knows how it is to be answered over HTTP. */
export type AnswerableError = LooseCouplingError & {
  readonly statusCode: number;
  readonly retryAfterMs?: number | undefined;
};

export function isAnswerable(error: unknown): error is AnswerableError {
  return isLooseCouplingError(error) && typeof (error as { statusCode?: unknown }).statusCode === 'number';
}

/** For `@Catch`, which asks `instanceof`: recognises errors by brand, so that two loaded copies of the package agree. */
export abstract class Answerable {
  static [Symbol.hasInstance](error: unknown): boolean {
    return isAnswerable(error);
  }
}
