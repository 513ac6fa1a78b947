import { isLooseCouplingError, type Clock } from '../kernel/index.js';
import {
  createEnvelope,
  encodeEnvelope,
  isReplyQueueName,
  type MessageEnvelope,
  type MessageTransport,
  type ReceivedMessage,
} from '../messaging/index.js';
import { Replies } from './replies.js';
import { REPLIES_ATTRIBUTE, STREAM } from './rpc-reply.js';

export interface Answering {
  readonly transport: MessageTransport;
  readonly service: string;
  readonly clock: Clock;
}

/**
 * The way back to whoever sent a request; nothing when nobody waits. Senders choose the address: it must not make
 * this service write into any queue it may name.
 */
export function repliesTo(
  request: MessageEnvelope,
  message: ReceivedMessage,
  { transport, service, clock }: Answering,
): Replies | undefined {
  const { replyto, type, id, correlationid = id } = request;
  if (replyto === undefined || !isReplyQueueName(replyto)) return undefined;
  const correlation = { correlationId: correlationid, causationId: id };
  return new Replies(message.attributes[REPLIES_ATTRIBUTE] === STREAM, async (replies) => {
    const entries = replies.map((data) => {
      const envelope = createEnvelope({ type: `${type}.reply`, source: service, now: clock.now(), data, correlation });
      return { body: encodeEnvelope(envelope) };
    });
    for (const result of await transport.queue(replyto).send(entries)) {
      // A requester that is gone has taken its queue along.
      if (!result.ok && !isLooseCouplingError(result.error, 'LC_UNKNOWN_QUEUE')) throw result.error;
    }
  });
}
