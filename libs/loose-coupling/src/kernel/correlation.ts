import { AsyncLocalStorage } from 'node:async_hooks';
import { traceBridge, type TraceContext } from './trace-bridge.js';
import { childTraceparent, isTraceparent } from './trace-context.js';

/** What ties messages, events and log lines of one piece of work together. */
export interface Correlation {
  /** Shared by everything that one first cause led to. */
  readonly correlationId: string;
  /** Id of the message or command that directly caused this. */
  readonly causationId?: string;
  readonly tenantId?: string;
  /** W3C trace context of the caller. */
  readonly traceparent?: string;
  /** What tracing vendors add to it, passed on as it came. */
  readonly tracestate?: string;
}

const KEY = Symbol.for('nestjs-loose-coupling:correlation');
type Holder = { [KEY]?: AsyncLocalStorage<Correlation | undefined> };

// One storage per process, also when the package is loaded twice (CommonJS and ESM).
const storage = ((globalThis as Holder)[KEY] ??= new AsyncLocalStorage<Correlation | undefined>());

/** The correlation of the work in progress, if any. */
export const currentCorrelation = (): Correlation | undefined => storage.getStore();

/** Runs `work` so that what it publishes or stores carries `correlation`. */
export function withCorrelation<T>(correlation: Correlation, work: () => T): T {
  const bridge = traceBridge();
  const trace = bridge && traceOf(correlation);
  return storage.run(correlation, bridge && trace ? () => bridge.run(trace, work) : work);
}

/** For work that goes on after whatever began it, and belongs to none of its causes. */
export const withoutCorrelation = <T>(work: () => T): T => storage.run(undefined, work);

/** The trace that the work in progress belongs to: that of the active span where OpenTelemetry traces, else the correlation's. */
export function currentTrace(): TraceContext | undefined {
  return traceBridge()?.active() ?? traceOf(currentCorrelation());
}

/**
 * The trace of work that something else has caused: a child of its span. Where OpenTelemetry traces, it is the span itself, whose
 * child OpenTelemetry makes. Undefined for what is no trace context.
 */
export function traceparentOfWork(cause: string | undefined): string | undefined {
  if (!traceBridge()) return childTraceparent(cause);
  return cause !== undefined && isTraceparent(cause) ? cause : undefined;
}

function traceOf({ traceparent, tracestate }: Partial<Correlation> = {}): TraceContext | undefined {
  if (traceparent === undefined) return undefined;
  return { traceparent, ...(tracestate !== undefined && { tracestate }) };
}
