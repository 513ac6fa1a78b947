import { randomBytes } from 'node:crypto';

/** https://www.w3.org/TR/trace-context/#traceparent-header. A later version may have more at its end, which is left out. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const MAX_TRACEPARENT = 256;
/** Printable ASCII, as a header may hold it; https://www.w3.org/TR/trace-context/#tracestate-header asks for 512 characters. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;
/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const XRAY_ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})\s*(?:;|$)/;
const XRAY_PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})\s*(?:;|$)/;
const XRAY_SAMPLED = /(?:^|;)\s*Sampled=1\s*(?:;|$)/;
const MAX_XRAY = 512;

/** Whether a text, which may come from anywhere, is a trace context. */
export const isTraceparent = (value: string): boolean => parse(value) !== undefined;

/** Whether a text may go on as the vendors' part of a trace context. */
export const isTracestate = (value: string): boolean => TRACESTATE.test(value);

function parse(value: string | undefined): readonly string[] | undefined {
  if (value === undefined || value.length > MAX_TRACEPARENT) return undefined;
  // Version 00 ends here; of later ones the rest is unknown.
  if (value.startsWith('00') && value.length !== 55) return undefined;
  return TRACEPARENT.exec(value) ?? undefined;
}

/** The context of work that a message causes: the same trace, a span of its own. Undefined for what is no trace context. */
export function childTraceparent(parent: string | undefined): string | undefined {
  const [, traceId, , flags] = parse(parent) ?? [];
  return traceId === undefined ? undefined : `00-${traceId}-${newSpanId()}-${flags}`;
}

/** As X-Ray writes it. Undefined for what is no trace context. */
export function toXRayHeader(traceparent: string | undefined): string | undefined {
  const [, traceId, spanId, flags] = parse(traceparent) ?? [];
  if (traceId === undefined || flags === undefined) return undefined;
  const sampled = Number.parseInt(flags, 16) & 1;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${sampled}`;
}

/** From what X-Ray wrote. Undefined when it names no trace, or no parent in it. */
export function fromXRayHeader(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_XRAY) return undefined;
  const [, time, random] = XRAY_ROOT.exec(header) ?? [];
  const [, parent] = XRAY_PARENT.exec(header) ?? [];
  if (time === undefined || parent === undefined) return undefined;
  const traceparent = `00-${time}${random}-${parent}-${XRAY_SAMPLED.test(header) ? '01' : '00'}`;
  return isTraceparent(traceparent) ? traceparent : undefined;
}

function newSpanId(): string {
  const id = randomBytes(8);
  // All zeros is no id.
  if (id.every((byte) => byte === 0)) id[7] = 1;
  return id.toString('hex');
}
