import { isLooseCouplingError, withCorrelation, type Clock } from '../../kernel/index.js';
import { validateData } from '../contracts/validate-data.js';
import type { HandleMessage } from '../consumer/message-processor.js';
import type { LaneTurn } from '../core/lane-turn.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import type { MessageTransport } from '../core/message-transport.js';
import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import { isReplyQueueName } from '../core/reply-queue.js';
import { decodeMessage } from '../envelope/decode-envelope.js';
import { S3_TEST_EVENT } from '../envelope/read-s3-notification.js';
import { correlationOfHandling } from '../envelope/trace-of.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import { NoHandlerError } from '../errors/no-handler.error.js';
import { ReplyNotSentError } from '../errors/reply-not-sent.error.js';
import { RetryLater } from '../errors/retry-later.error.js';
import type { CompiledPattern } from '../patterns/event-pattern.js';
import { answerRequest } from './answer-request.js';
import type { DispatchLog, LoggedMessage } from './dispatch-log.js';
import { HandlerContext } from './handler-context.js';
import type { MessageHandler } from './message-handler.js';
import type { MessageMiddlewareRegistry } from './message-middleware.registry.js';
import { outcomeOfFailure } from './outcome-of-failure.js';
import type { ReplyAddress, ReplySender } from './reply-sender.js';
import { DEFAULT_RETRY_POLICY } from './retry-policy.js';
import { openMessage } from './message-protection.js';
import { runMiddlewares } from './run-middlewares.js';
import { isFifoQueueName } from '../topology/queue-names.js';

/** Milliseconds. By then the delivery that took effect has answered, and this one is gone with it. */
const OUTRUN_DELAY = 1_000;
const NO_FILTERS: ReadonlyMap<string, CompiledPattern> = new Map();

/** What every dispatcher of an application shares. */
export interface DispatchServices {
  readonly clock: Clock;
  readonly middlewares: MessageMiddlewareRegistry;
  readonly replies: ReplySender;
  readonly log: DispatchLog;
  /** Puts the data in its place where it was left elsewhere. */
  readonly open: MessageTransport['open'];
}

/** One message, handed out once. */
interface Delivery {
  readonly message: ReceivedMessage;
  readonly signal: AbortSignal;
  readonly turn: LaneTurn | undefined;
  /** Whether its handler was called. Undefined before the middlewares had it. */
  ran?: boolean;
}

/** Takes what a queue handed out to its handler, and says what becomes of the message. Never throws. */
export class MessageDispatcher {
  constructor(
    private readonly queue: string,
    /** By the name of the contract. */
    private readonly handlers: ReadonlyMap<string, MessageHandler>,
    private readonly services: DispatchServices,
    /** Of messages that are not meant for this queue, by type; what a filter does not ask for is dropped. */
    private readonly filters: ReadonlyMap<string, CompiledPattern> = NO_FILTERS,
  ) {}

  readonly handle: HandleMessage = async (message, signal, turn) => {
    let envelope: MessageEnvelope;
    try {
      const opened = this.services.open(message, signal);
      const { body, attributes, sentAt } = opened instanceof Promise ? await opened : opened;
      ({ envelope } = decodeMessage(body, attributes, sentAt));
    } catch (error) {
      return this.failed(error, message);
    }
    if (envelope.expirytime !== undefined && Date.parse(envelope.expirytime) < this.services.clock.now()) {
      this.services.log.expired(this.describe(message, envelope));
      return ACKNOWLEDGE;
    }
    if (this.filters.get(envelope.type)?.(envelope.data) === false) return ACKNOWLEDGE;
    const handler = this.handlers.get(envelope.type);
    if (!handler && envelope.type === S3_TEST_EVENT) {
      this.services.log.tested(this.describe(message, envelope));
      return ACKNOWLEDGE;
    }
    const address = handler && replyAddressOf(handler, envelope);
    // Before a handler has it, a message fails by itself, and will again; the same errors of a handler may pass.
    let taken = false;
    const delivery: Delivery = { message, signal, turn };
    try {
      if (!handler) throw new NoHandlerError(envelope.type, this.queue, [...this.handlers.keys()]);
      if (handler.contract?.personalData) {
        // The keys may be away for a while, so this is tried again.
        taken = true;
        envelope = await openMessage(this.services.middlewares.protection, handler.contract, envelope);
        taken = false;
      }
      const data = await validateData(handler.contract?.schema, envelope.data, `data of ${envelope.type}`);
      taken = true;
      await this.run(handler, envelope, data, delivery, address);
      return ACKNOWLEDGE;
    } catch (error) {
      // Its effect happened, so nobody is told that it failed.
      if (isToBeSentAgain(error)) return this.failed(error, message, envelope, handler);
      if (address && (isToldAtOnce(address, delivery) || isDone(error)) && !comesAgain(error)) {
        return this.answerFailure(error, message, envelope, handler as MessageHandler, address);
      }
      const outcome = this.failed(error, message, envelope, handler, !taken);
      if (address && outcome.action === 'deadLetter') await this.publishFailure(error, envelope, address);
      return outcome;
    }
  };

  private async run(
    handler: MessageHandler,
    envelope: MessageEnvelope,
    data: unknown,
    delivery: Delivery,
    address: ReplyAddress | undefined,
  ): Promise<void> {
    const { message, signal, turn } = delivery;
    const { contract, retry, inbox } = handler;
    const context = new HandlerContext(envelope, {
      queue: this.queue,
      handler: handler.id,
      attempt: message.receiveCount,
      lastAttempt: message.receiveCount >= retry.maxAttempts,
      signal,
      inbox,
      // On a queue without order it is the tenant, by which SQS is fair.
      groupId: isFifoQueueName(this.queue) ? message.groupId : undefined,
      contract,
    });
    const { middlewares, answers } = this.services.middlewares;
    delivery.ran = false;
    const invoke = () => {
      delivery.ran = true;
      return handler.invoke(data, context, turn);
    };
    await withCorrelation(correlationOfHandling(envelope, message), async () => {
      const result = await runMiddlewares(middlewares, context, data, invoke);
      if (!address) return;
      if (answers?.isOutrun(context)) throw new RetryLater(OUTRUN_DELAY, 'another delivery took effect, and answers');
      const ran = delivery.ran === true;
      // A store keeps it as it is, and the person's key may be deleted before.
      const kept = contract?.personalData ? undefined : answers;
      await answerRequest({ envelope, context, address, ran, result }, this.services.replies, kept);
    });
  }

  /** A requester waits, so it is told at once instead of trying again. */
  private async answerFailure(
    error: unknown,
    message: ReceivedMessage,
    envelope: MessageEnvelope,
    handler: MessageHandler,
    address: ReplyAddress,
  ): Promise<Outcome> {
    try {
      await this.services.replies.fail(envelope, address, error);
    } catch (replyError) {
      return this.failed(replyError, message, envelope, handler);
    }
    if (isLooseCouplingError(error, 'LC_DEAD_LETTER')) return this.failed(error, message, envelope, handler);
    this.services.log.answeredWithFailure(error, this.describe(message, envelope, handler));
    return ACKNOWLEDGE;
  }

  /** Nobody may be waiting on a topic, so a message is tried as often as any before it is given up, and then said to have failed. */
  private async publishFailure(error: unknown, envelope: MessageEnvelope, address: ReplyAddress): Promise<void> {
    // The dead letter says it too.
    await this.services.replies.fail(envelope, address, error).catch(() => undefined);
  }

  private failed(
    error: unknown,
    message: ReceivedMessage,
    envelope?: MessageEnvelope,
    handler?: MessageHandler,
    refused = false,
  ): Outcome {
    const policy = handler?.retry ?? DEFAULT_RETRY_POLICY;
    const retry = refused ? { ...policy, maxAttempts: 1 } : policy;
    const outcome = outcomeOfFailure(error, message.receiveCount, retry, handler?.id);
    this.services.log.failed(outcome, error, this.describe(message, envelope, handler));
    return outcome;
  }

  private describe(message: ReceivedMessage, envelope?: MessageEnvelope, handler?: MessageHandler): LoggedMessage {
    return {
      queue: this.queue,
      id: envelope?.id ?? message.messageId,
      attempt: message.receiveCount,
      ...(envelope && { type: envelope.type }),
      ...(handler && { handler: handler.id }),
    };
  }
}

/** Who waits on a queue is. But what kept a handler from being called says nothing of what an earlier delivery did. */
const isToldAtOnce = (address: ReplyAddress, { message, ran }: Delivery): boolean =>
  'queue' in address && !(ran === false && message.receiveCount > 1);

/** Of these nobody has said yet how they end. */
const comesAgain = (error: unknown): boolean =>
  isLooseCouplingError(error, 'LC_RETRY_LATER') || isLooseCouplingError(error, 'LC_HELD_BACK');

const isToBeSentAgain = (error: unknown): boolean => error instanceof ReplyNotSentError && !error.permanent;

/** The requester is told of it, and there is nothing to do again. */
const isDone = (error: unknown): boolean =>
  isLooseCouplingError(error, 'LC_REPLY_NOT_SENT') || isLooseCouplingError(error, 'LC_REPLY_LOST');

/**
 * Whoever sends a message chooses its `replyto`: it must not make this service write into any queue it may name. The topic is the handler's
 * own choice.
 */
function replyAddressOf(
  { kind, responseTopic }: MessageHandler,
  { replyto }: MessageEnvelope,
): ReplyAddress | undefined {
  if (kind !== 'command' && kind !== 'request') return undefined;
  if (replyto !== undefined && isReplyQueueName(replyto)) return { queue: replyto };
  return responseTopic === undefined ? undefined : { topic: responseTopic };
}
