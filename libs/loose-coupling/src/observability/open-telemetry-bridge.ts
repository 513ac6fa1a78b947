import type * as Api from '@opentelemetry/api';
import type { TraceBridge, TraceContext } from '../kernel/index.js';
import { fromSpanContext, toSpanContext } from './span-context.js';

/** The context of OpenTelemetry, as what this package sends and stores reads it, and as what it continues sets it. */
export class OpenTelemetryBridge implements TraceBridge {
  constructor(private readonly api: typeof Api) {}

  active(): TraceContext | undefined {
    const { context, isSpanContextValid, trace } = this.api;
    const active = trace.getSpanContext(context.active());
    return active && isSpanContextValid(active) ? fromSpanContext(active) : undefined;
  }

  run<Result>(continued: TraceContext, work: () => Result): Result {
    const { context, trace } = this.api;
    const parent = toSpanContext(this.api, continued);
    // The span itself is better than what is known of it.
    if (!parent || trace.getSpanContext(context.active())?.spanId === parent.spanId) return work();
    return context.with(trace.setSpanContext(context.active(), parent), work);
  }
}
