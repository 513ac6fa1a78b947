import type * as Api from '@opentelemetry/api';
import { isTraceparent, type TraceContext } from '../kernel/index.js';

type OpenTelemetry = typeof Api;

/** As OpenTelemetry has it; undefined for what is no trace context. */
export function toSpanContext(
  { createTraceState }: Pick<OpenTelemetry, 'createTraceState'>,
  { traceparent, tracestate }: Partial<TraceContext>,
): Api.SpanContext | undefined {
  if (traceparent === undefined || !isTraceparent(traceparent)) return undefined;
  const [, traceId = '', spanId = '', flags = '0'] = traceparent.split('-');
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

export function fromSpanContext({ traceId, spanId, traceFlags, traceState }: Api.SpanContext): TraceContext {
  const tracestate = traceState?.serialize();
  const flags = traceFlags & 1 ? '01' : '00';
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate && { tracestate }) };
}
