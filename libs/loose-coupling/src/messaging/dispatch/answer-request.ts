import type { MessageEnvelope } from '../envelope/message-envelope.js';
import { ReplyLostError } from '../errors/reply-lost.error.js';
import { ReplyNotSentError } from '../errors/reply-not-sent.error.js';
import type { KeptAnswers } from './kept-answers.js';
import type { MessageContext } from './message-context.js';
import type { ReplyAddress, ReplySender } from './reply-sender.js';

/** What became of a request. */
export interface HandledRequest {
  readonly envelope: MessageEnvelope;
  readonly context: MessageContext;
  readonly address: ReplyAddress;
  /** False when the inbox skipped it: `result` is nothing then. */
  readonly ran: boolean;
  readonly result: unknown;
}

/**
 * Sends the answer; where that fails, leaves it for the next delivery.
 * @throws {ReplyNotSentError} @throws {ReplyLostError} when an earlier delivery did the work, and has left no answer
 */
export async function answerRequest(
  { envelope, context, address, ran, result }: HandledRequest,
  replies: ReplySender,
  kept: KeptAnswers | undefined,
): Promise<void> {
  try {
    const earlier = ran ? { answer: result } : await kept?.find(context);
    if (!earlier) throw new ReplyLostError(envelope.type, envelope.id);
    await replies.succeed(envelope, address, earlier.answer);
  } catch (cause) {
    if (cause instanceof ReplyLostError) throw cause;
    const error = new ReplyNotSentError(envelope.type, envelope.id, cause);
    // What cannot be kept either is lost: the next delivery says so.
    if (ran && !error.permanent) await kept?.keep(context, result).catch(() => undefined);
    throw error;
  }
}
