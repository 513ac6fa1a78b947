import type { MessageContext } from './message-context.js';

/**
 * Keeps what handlers answered and could not be sent, for the next delivery of the message, whichever instance gets it: the effect has
 * happened, and does not happen again. Called where the handler ran: within its correlation, for its tenant.
 */
export interface KeptAnswers {
  keep(context: MessageContext, answer: unknown): Promise<void>;
  /** Undefined when none was kept. */
  find(context: MessageContext): Promise<{ readonly answer: unknown } | undefined>;
  /** Whether another delivery took effect while this one ran: what this one came to is no answer, the other one has it. */
  isOutrun(context: MessageContext): boolean;
}
