import { fromXRayHeader, isTracestate, toXRayHeader, traceparentOfWork, type Correlation } from '../../kernel/index.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import type { MessageEnvelope } from './message-envelope.js';

/** What goes with the message where AWS traces requests; nothing for a message without a trace. */
export function traceHeaderOf({ traceparent }: Pick<MessageEnvelope, 'traceparent'>): { traceHeader?: string } {
  const traceHeader = toXRayHeader(traceparent);
  return traceHeader === undefined ? {} : { traceHeader };
}

/** The trace that handling a message belongs to: a child of its sender's, or of the one that AWS knows. */
export function traceOfHandling(
  { traceparent, tracestate }: Pick<MessageEnvelope, 'traceparent' | 'tracestate'>,
  { traceHeader }: Pick<ReceivedMessage, 'traceHeader'>,
): Pick<Correlation, 'traceparent' | 'tracestate'> {
  const own = traceparentOfWork(traceparent);
  if (own === undefined) {
    const child = traceparentOfWork(fromXRayHeader(traceHeader));
    return child === undefined ? {} : { traceparent: child };
  }
  return { traceparent: own, ...(tracestate !== undefined && isTracestate(tracestate) && { tracestate }) };
}

/** What the handling of a message publishes or stores is caused by it. */
export const correlationOfHandling = (envelope: MessageEnvelope, message: ReceivedMessage): Correlation => ({
  correlationId: envelope.correlationid ?? envelope.id,
  causationId: envelope.id,
  ...(envelope.tenantid !== undefined && { tenantId: envelope.tenantid }),
  ...traceOfHandling(envelope, message),
});
