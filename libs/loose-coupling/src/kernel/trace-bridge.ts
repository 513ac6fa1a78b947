/** What W3C Trace Context says of the work in progress. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** A tracer beside this package, with spans of its own: OpenTelemetry's. */
export interface TraceBridge {
  /** Of the span that is active; undefined without one. */
  active(): TraceContext | undefined;
  /** Runs work as caused by a trace that came from elsewhere. */
  run<Result>(trace: TraceContext, work: () => Result): Result;
}

const KEY = Symbol.for('nestjs-loose-coupling:trace-bridges');
type Holder = { [KEY]?: Set<TraceBridge> };

// One set per process, as the tracer is one per process too, also when the package is loaded twice (CommonJS and ESM).
const bridges = ((globalThis as Holder)[KEY] ??= new Set<TraceBridge>());

/** The one that was installed first, if any. */
export function traceBridge(): TraceBridge | undefined {
  for (const bridge of bridges) return bridge;
  return undefined;
}

/** Until what it returns is called. */
export function installTraceBridge(bridge: TraceBridge): () => void {
  bridges.add(bridge);
  return () => void bridges.delete(bridge);
}
