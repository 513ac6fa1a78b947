const BRAND = Symbol.for('nestjs-loose-coupling:error');

/**
 * Base of every error this package throws. `code` is stable and documented in `docs/errors.md`;
 * the message says what was expected, what came and what to do.
 */
export abstract class LooseCouplingError extends Error {
  abstract readonly code: `LC_${string}`;
  readonly [BRAND] = true;

  protected constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Recognises our errors by brand, so that two loaded copies of the package agree. */
export function isLooseCouplingError(error: unknown, code?: string): error is LooseCouplingError {
  return (
    typeof error === 'object' &&
    error !== null &&
    BRAND in error &&
    (code === undefined || (error as { code?: unknown }).code === code)
  );
}
