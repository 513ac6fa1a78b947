import { withCorrelation } from '../../kernel/index.js';
import { deadLetterQueueName } from '../core/dead-letter.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import { createEnvelope } from '../envelope/create-envelope.js';
import { decodeMessage } from '../envelope/decode-envelope.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import { correlationOfHandling } from '../envelope/trace-of.js';
import { readDeadLetterDetails } from './dead-letter-details.reader.js';
import { HandlerContext } from './handler-context.js';
import type { DispatchServices } from './message-dispatcher.js';
import type { MessageHandler } from './message-handler.js';
import { openDeadLetter } from './message-protection.js';
import { outcomeOfFailure } from './outcome-of-failure.js';
import { runMiddlewares } from './run-middlewares.js';

/** Type of the envelope that is made for a dead letter that has none. Its data is the body as text. */
export const UNREADABLE = 'unreadable';

/** Milliseconds: a redrive shall find the letter, and receiving it must not keep the process busy. */
const LEFT_ALONE = 30_000;

/** Hands dead letters to their handlers. A letter stays until a handler resolves: it is never given up. */
export class DeadLetterDispatcher {
  constructor(
    private readonly originalQueue: string,
    /** By message type; `''` takes every other. */
    private readonly handlers: ReadonlyMap<string, MessageHandler>,
    private readonly services: DispatchServices,
  ) {}

  readonly handle = async (message: ReceivedMessage, signal: AbortSignal): Promise<Outcome> => {
    const envelope = await this.open(message, signal);
    const handler = this.handlers.get(envelope.type) ?? this.handlers.get('');
    if (!handler) return this.leave(message, envelope);
    try {
      await this.run(handler, envelope, message, signal);
      return ACKNOWLEDGE;
    } catch (error) {
      const outcome = outcomeOfFailure(error, message.receiveCount, handler.retry, handler.id);
      const kept: Outcome =
        outcome.action === 'deadLetter' ? { action: 'retry', delay: handler.retry.maxDelay, error } : outcome;
      this.services.log.failed(kept, error, {
        queue: deadLetterQueueName(this.originalQueue),
        handler: handler.id,
        type: envelope.type,
        id: envelope.id,
        attempt: message.receiveCount,
      });
      return kept;
    }
  };

  private async run(
    handler: MessageHandler,
    sealed: MessageEnvelope,
    message: ReceivedMessage,
    signal: AbortSignal,
  ): Promise<unknown> {
    const envelope = await openDeadLetter(this.services.middlewares.protection, sealed);
    const context = new HandlerContext(envelope, {
      queue: deadLetterQueueName(this.originalQueue),
      handler: handler.id,
      attempt: message.receiveCount,
      lastAttempt: false,
      signal,
      inbox: handler.inbox,
      deadLetter: readDeadLetterDetails(message, this.originalQueue),
    });
    const { middlewares } = this.services.middlewares;
    return withCorrelation(correlationOfHandling(envelope, message), () =>
      runMiddlewares(middlewares, context, envelope.data, () => handler.invoke(envelope.data, context)),
    );
  }

  private async open(message: ReceivedMessage, signal: AbortSignal): Promise<MessageEnvelope> {
    try {
      const { body, attributes, sentAt } = await this.services.open(message, signal);
      return decodeMessage(body, attributes, sentAt).envelope;
    } catch {
      const { messageId: id, sentAt: now, body: data } = message;
      return createEnvelope({ type: UNREADABLE, source: this.originalQueue, id, now, data });
    }
  }

  /** A letter of a type that nobody asked for stays in the queue, out of the way of the others and soon to be seen again. */
  private leave(message: ReceivedMessage, { type }: MessageEnvelope): Outcome {
    const error = new Error(`Nobody handles dead letters of ${type}; message ${message.messageId} stays in the queue.`);
    return { action: 'retry', delay: LEFT_ALONE, error };
  }
}
