/** Stands where personal data was, once its subject is forgotten. */
export class ForgottenData {
  constructor(
    /** Id of the person it was about. */
    readonly subject: string,
    /** Path of the field in the event. */
    readonly field: string,
  ) {
    Object.freeze(this);
  }

  toString(): string {
    return '[forgotten]';
  }

  /** JSON for people and read models; events refuse it, as it would look like a value of its own. */
  toJSON(): null {
    return null;
  }
}

/** A value that may have been forgotten. */
export type Forgettable<Value> = Value | ForgottenData;

export const isForgotten = (value: unknown): value is ForgottenData => value instanceof ForgottenData;

/** The value, or what stands in for it once it is forgotten. */
export const orElse = <Value, Other>(value: Forgettable<Value>, other: Other): Value | Other =>
  isForgotten(value) ? other : value;
