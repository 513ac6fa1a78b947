import { isLooseCouplingError, type Clock } from '../../kernel/index.js';
import type { MessageTransport } from '../core/message-transport.js';
import { createEnvelope } from '../envelope/create-envelope.js';
import { encodeEnvelope } from '../envelope/encode-envelope.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { RemoteFailure } from '../errors/remote.error.js';

/** Data of the message that answers a request. */
export type ReplyData =
  { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly error: RemoteFailure };

/** Answers requests on the queue that they name. */
export class ReplySender {
  constructor(
    private readonly transport: MessageTransport,
    private readonly service: string,
    private readonly clock: Clock,
  ) {}

  /** Answers with what the handler returned. Resolves also when nobody waits for it any more. */
  succeed(request: MessageEnvelope, value: unknown): Promise<void> {
    return this.reply(request, { ok: true, value });
  }

  fail(request: MessageEnvelope, error: unknown): Promise<void> {
    return this.reply(request, { ok: false, error: describeFailure(error) });
  }

  private async reply(request: MessageEnvelope, data: ReplyData): Promise<void> {
    if (request.replyto === undefined) return;
    const envelope = createEnvelope({
      type: `${request.type}.reply`,
      source: this.service,
      now: this.clock.now(),
      data,
      correlation: { correlationId: request.correlationid ?? request.id, causationId: request.id },
    });
    const [result] = await this.transport.queue(request.replyto).send([{ body: encodeEnvelope(envelope) }]);
    // A requester that is gone has taken its queue along.
    if (result?.ok === false && !isLooseCouplingError(result.error, 'LC_UNKNOWN_QUEUE')) throw result.error;
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
