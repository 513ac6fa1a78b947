import { isLooseCouplingError, type Clock } from '../../kernel/index.js';
import type { MessageTransport } from '../core/message-transport.js';
import { createEnvelope } from '../envelope/create-envelope.js';
import { encodeEnvelope } from '../envelope/encode-envelope.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { RemoteFailure } from '../errors/remote.error.js';
import type { ReplyData } from './reply-data.js';

/** Where the answer to a request goes. */
export type ReplyAddress = { readonly queue: string } | { readonly topic: string };

/** `subject` of an answer on a topic that says how the request failed; its data is what failed. */
export const FAILED_SUBJECT = 'failed';

/** Answers requests on the queue that they name, or on the topic that their handler names. */
export class ReplySender {
  constructor(
    private readonly transport: MessageTransport,
    private readonly service: string,
    private readonly clock: Clock,
  ) {}

  /** Answers with what the handler returned. Resolves also when nobody waits for it any more. */
  succeed(request: MessageEnvelope, address: ReplyAddress, value: unknown): Promise<void> {
    return 'topic' in address
      ? this.publish(this.answer(request, address.topic, value ?? null), address.topic)
      : this.reply(request, address.queue, { ok: true, value });
  }

  fail(request: MessageEnvelope, address: ReplyAddress, error: unknown): Promise<void> {
    const failure = describeFailure(error);
    return 'topic' in address
      ? this.publish(this.answer(request, address.topic, failure, FAILED_SUBJECT), address.topic)
      : this.reply(request, address.queue, { ok: false, error: failure });
  }

  private async reply(request: MessageEnvelope, queue: string, data: ReplyData): Promise<void> {
    const envelope = this.answer(request, `${request.type}.reply`, data);
    const [result] = await this.transport.queue(queue).send([{ body: encodeEnvelope(envelope) }]);
    // A requester that is gone has taken its queue along.
    if (result?.ok === false && !isLooseCouplingError(result.error, 'LC_UNKNOWN_QUEUE')) throw result.error;
  }

  private async publish(envelope: MessageEnvelope, topic: string): Promise<void> {
    const [result] = await this.transport.publish([{ topic, envelope, fifo: false }]);
    if (result?.ok === false) throw result.error;
  }

  private answer(request: MessageEnvelope, type: string, data: unknown, subject?: string): MessageEnvelope {
    const correlation = { correlationId: request.correlationid ?? request.id, causationId: request.id };
    return createEnvelope({
      type,
      source: this.service,
      now: this.clock.now(),
      data,
      correlation,
      ...(subject !== undefined && { subject }),
    });
  }
}

/** What of an error may leave the process: no stack, no properties. */
export function describeFailure(error: unknown): RemoteFailure {
  if (!(error instanceof Error)) return { errorType: typeof error, message: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    errorType: error.constructor.name,
    message: error.message,
    ...(typeof code === 'string' && { errorCode: code }),
  };
}
