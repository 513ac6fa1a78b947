import { traceparentOfWork, withCorrelation } from '../../kernel/index.js';
import type { EventEnvelope } from './event-store.js';

/** Runs work so that what it publishes or stores is caused by the event. */
export function causedBy<Result>(event: EventEnvelope, work: () => Result): Result {
  const { correlationId, tenantId, traceparent, tracestate } = event.metadata;
  const trace = typeof traceparent === 'string' ? traceparentOfWork(traceparent) : undefined;
  return withCorrelation(
    {
      correlationId: typeof correlationId === 'string' ? correlationId : event.id,
      causationId: event.id,
      ...(typeof tenantId === 'string' && { tenantId }),
      ...(trace !== undefined && { traceparent: trace }),
      ...(trace !== undefined && typeof tracestate === 'string' && { tracestate }),
    },
    work,
  );
}
