import type { JsonValue } from '../../kernel/index.js';

/** One test of an Amazon EventBridge pattern leaf. */
export type PatternTest =
  | string
  | number
  | boolean
  | null
  | { prefix: string | { 'equals-ignore-case': string } }
  | { suffix: string | { 'equals-ignore-case': string } }
  | { 'equals-ignore-case': string }
  | { wildcard: string }
  | { exists: boolean }
  | { cidr: string }
  | { numeric: readonly (string | number)[] }
  | {
      'anything-but':
        | string
        | number
        | readonly (string | number)[]
        | { prefix: string | readonly string[] }
        | { suffix: string | readonly string[] }
        | { 'equals-ignore-case': string | readonly string[] }
        | { wildcard: string | readonly string[] };
    };

/**
 * An Amazon EventBridge event pattern: every named field must match one of its tests; `$or` takes a list of
 * alternatives. Used for rules on buses and for the `filter` of handlers.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export interface EventPattern {
  readonly [field: string]: readonly PatternTest[] | EventPattern | readonly EventPattern[];
}

/** Tells whether an event (any JSON value) matches. Compiled once, evaluated often. */
export type CompiledPattern = (event: JsonValue | unknown) => boolean;
