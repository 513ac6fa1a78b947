import { childTraceparent, fromXRayHeader, toXRayHeader } from '../../kernel/index.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import type { MessageEnvelope } from './message-envelope.js';

/** What goes with the message where AWS traces requests; nothing for a message without a trace. */
export function traceHeaderOf({ traceparent }: Pick<MessageEnvelope, 'traceparent'>): { traceHeader?: string } {
  const traceHeader = toXRayHeader(traceparent);
  return traceHeader === undefined ? {} : { traceHeader };
}

/** The trace that handling a message belongs to: a child of its sender's, or of the one that AWS knows. */
export function traceOfHandling(
  { traceparent }: Pick<MessageEnvelope, 'traceparent'>,
  { traceHeader }: Pick<ReceivedMessage, 'traceHeader'>,
): { traceparent?: string } {
  const child = childTraceparent(traceparent) ?? childTraceparent(fromXRayHeader(traceHeader));
  return child === undefined ? {} : { traceparent: child };
}
