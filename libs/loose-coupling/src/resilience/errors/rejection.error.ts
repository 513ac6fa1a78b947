import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by a policy instead of making the call: nothing was sent. Never retried by our own `@Retry`. */
export abstract class RejectionError extends LooseCouplingError {
  /** The name of the policy, or `Class.method`. */
  abstract readonly policy: string;
  /** Milliseconds until another call has a chance, where that is known. */
  abstract readonly retryAfterMs: number | undefined;
  /** The HTTP status that Nest and Express answer when nothing else maps the error. */
  abstract readonly statusCode: number;
}
