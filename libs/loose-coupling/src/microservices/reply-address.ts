import { isLooseCouplingError, type Clock } from '../kernel/index.js';
import {
  createEnvelope,
  encodeEnvelope,
  isReplyQueueName,
  type MessageEnvelope,
  type MessageTransport,
  type QueueEntry,
  type ReceivedMessage,
} from '../messaging/index.js';
import { Replies } from './replies.js';
import { REPLIES_ATTRIBUTE, STREAM, type RpcReply } from './rpc-reply.js';

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
  const encode = (data: RpcReply): string =>
    encodeEnvelope(createEnvelope({ type: `${type}.reply`, source: service, now: clock.now(), data, correlation }));
  return new Replies(message.attributes[REPLIES_ATTRIBUTE] === STREAM, async (replies) => {
    const { entries, error } = encodeUntilFault(replies, encode);
    const results = entries.length > 0 ? await transport.queue(replyto).send(entries) : [];
    // A requester that is gone has taken its queue along.
    const failed = results.findIndex((result) => !result.ok && !isLooseCouplingError(result.error, 'LC_UNKNOWN_QUEUE'));
    const failure = results[failed];
    return failure && !failure.ok ? { accepted: failed, error: failure.error } : { accepted: entries.length, error };
  });
}

/** A value that cannot be sent ends what is sent. */
function encodeUntilFault(
  replies: readonly RpcReply[],
  encode: (reply: RpcReply) => string,
): { readonly entries: readonly QueueEntry[]; readonly error?: unknown } {
  const entries: QueueEntry[] = [];
  try {
    for (const reply of replies) entries.push({ body: encode(reply) });
    return { entries };
  } catch (error) {
    return { entries, error };
  }
}
