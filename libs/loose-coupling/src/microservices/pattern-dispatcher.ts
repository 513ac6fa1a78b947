import type { LoggerService } from '@nestjs/common';
import { EMPTY, lastValueFrom, type Observable } from 'rxjs';
import { isLooseCouplingError, withCorrelation, type Clock } from '../kernel/index.js';
import {
  ACKNOWLEDGE,
  decodeMessage,
  NoHandlerError,
  outcomeOfFailure,
  S3_TEST_EVENT,
  correlationOfHandling,
  type MessageEnvelope,
  type MessageTracer,
  type MessageTransport,
  type MessageOutcome,
  type ReceivedMessage,
  type RetryPolicy,
} from '../messaging/index.js';
import type { Replies } from './replies.js';
import { repliesTo } from './reply-address.js';
import { SqsContext } from './sqs-context.js';

/** The handlers of a server. */
export interface PatternHandlers {
  readonly patterns: readonly string[];
  normalise(type: string): string;
  hasEvent(pattern: string): boolean;
  hasRequest(pattern: string): boolean;
  runEvent(pattern: string, data: unknown, context: SqsContext): Promise<void>;
  /** Gives what the handler returns to `take`, and resolves with it. */
  runRequest(
    pattern: string,
    data: unknown,
    context: SqsContext,
    take: (values: Observable<unknown>) => Promise<unknown>,
  ): Promise<unknown>;
}

export interface PatternDispatcherOptions {
  readonly queue: string;
  /** Source of replies. */
  readonly service: string;
  readonly transport: MessageTransport;
  readonly handlers: PatternHandlers;
  readonly retry: RetryPolicy;
  readonly logger: LoggerService;
  readonly clock: Clock;
  readonly tracer: MessageTracer;
}

/** Failures that a requester is told of, and that leave the message in the dead-letter queue as well. */
const DEAD_LETTERS = ['LC_DEAD_LETTER', 'LC_NO_HANDLER'];

/** Takes what the queue handed out to the handlers of its pattern, and says what becomes of it. Never rejects. */
export class PatternDispatcher {
  constructor(private readonly options: PatternDispatcherOptions) {}

  readonly handle = async (message: ReceivedMessage, signal: AbortSignal): Promise<MessageOutcome> => {
    const { queue, clock, transport } = this.options;
    let envelope: MessageEnvelope;
    try {
      const { body, attributes, sentAt } = await transport.open(message, signal);
      ({ envelope } = decodeMessage(body, attributes, sentAt));
    } catch (error) {
      return this.failed(error, message);
    }
    if (envelope.expirytime !== undefined && Date.parse(envelope.expirytime) < clock.now()) return ACKNOWLEDGE;
    const context = new SqsContext([message, queue, envelope, signal]);
    return withCorrelation(correlationOfHandling(envelope, message), () =>
      this.dispatch(context, repliesTo(envelope, message, this.options)),
    );
  };

  private async dispatch(context: SqsContext, replies: Replies | undefined): Promise<MessageOutcome> {
    try {
      const { queue, tracer } = this.options;
      const envelope = context.getEnvelope();
      const handling = { queue, handler: envelope.type, attempt: context.getReceiveCount(), envelope };
      await tracer.handling(handling, () => this.run(context, replies));
      return ACKNOWLEDGE;
    } catch (error) {
      const message = context.getMessage();
      const answers = replies && !isLooseCouplingError(error, 'LC_RETRY_LATER');
      return answers
        ? this.answerFailure(error, message, context.getEnvelope(), replies)
        : this.failed(error, message, context.getEnvelope());
    }
  }

  private async run(context: SqsContext, replies: Replies | undefined): Promise<unknown> {
    const { handlers, queue } = this.options;
    const { type, data } = context.getEnvelope();
    const pattern = handlers.normalise(type);
    const isEvent = handlers.hasEvent(pattern);
    if (handlers.hasRequest(pattern) && (replies || !isEvent)) {
      return handlers.runRequest(pattern, data, context, (values) =>
        replies ? replies.complete(values) : lastValueFrom(values, { defaultValue: undefined }),
      );
    }
    if (!isEvent && type === S3_TEST_EVENT) {
      this.options.logger.debug?.(`${type} from queue ${queue} is the test of S3 that its notifications arrive`);
      return undefined;
    }
    if (!isEvent) throw new NoHandlerError(type, queue, handlers.patterns);
    await handlers.runEvent(pattern, data, context);
    return replies?.complete(EMPTY);
  }

  /** A requester waits, so it is told at once instead of trying again. */
  private async answerFailure(
    error: unknown,
    message: ReceivedMessage,
    envelope: MessageEnvelope,
    replies: Replies,
  ): Promise<MessageOutcome> {
    try {
      await replies.fail(error);
    } catch (replyError) {
      return this.failed(replyError, message, envelope);
    }
    if (DEAD_LETTERS.some((code) => isLooseCouplingError(error, code))) return this.failed(error, message, envelope);
    this.options.logger.warn(`${nameOf(message, envelope)} failed, and the requester was told: ${textOf(error)}`);
    return ACKNOWLEDGE;
  }

  private failed(error: unknown, message: ReceivedMessage, envelope?: MessageEnvelope): MessageOutcome {
    const { logger, retry, queue } = this.options;
    const outcome = outcomeOfFailure(error, message.receiveCount, retry, envelope?.type);
    const what = `${nameOf(message, envelope)} from queue ${queue}, attempt ${message.receiveCount}, failed`;
    if (outcome.action === 'retry') logger.warn(`${what}, again in ${Math.round(outcome.delay)} ms: ${textOf(error)}`);
    if (outcome.action === 'deadLetter') logger.error(`${what} and goes to the dead-letter queue: ${textOf(error)}`);
    return outcome;
  }
}

const nameOf = ({ messageId }: ReceivedMessage, envelope: MessageEnvelope | undefined): string =>
  envelope ? `${envelope.type} ${envelope.id}` : `A message ${messageId}`;

function textOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  // As Nest's exception filters make them.
  const message = (error as { message?: unknown } | null)?.message;
  return String(message ?? error);
}
