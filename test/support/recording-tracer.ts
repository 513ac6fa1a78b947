import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  context,
  ROOT_CONTEXT,
  trace,
  type Attributes,
  type Context,
  type ContextManager,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';

/** A span that keeps what it is told. */
export class RecordedSpan implements Span {
  readonly kind: SpanKind;
  readonly links: readonly Link[];
  readonly attributes: Attributes = {};
  readonly parentSpanId: string | undefined;
  status: SpanStatus | undefined;
  ends = 0;
  private readonly own: SpanContext;

  constructor(
    public name: string,
    { kind = SpanKind.INTERNAL, links = [], attributes = {} }: SpanOptions,
    parent: SpanContext | undefined,
  ) {
    this.kind = kind;
    this.links = links;
    Object.assign(this.attributes, attributes);
    this.parentSpanId = parent?.spanId;
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
    this.own = { traceId, spanId: randomBytes(8).toString('hex'), traceFlags: 1 };
  }

  get traceparent(): string {
    return `00-${this.own.traceId}-${this.own.spanId}-01`;
  }

  spanContext = (): SpanContext => this.own;
  isRecording = (): boolean => this.ends === 0;
  setAttribute(name: string, value: Attributes[string]): this {
    if (value !== undefined) this.attributes[name] = value;
    return this;
  }
  setAttributes(attributes: Attributes): this {
    Object.assign(this.attributes, attributes);
    return this;
  }
  setStatus(status: SpanStatus): this {
    this.status = status;
    return this;
  }
  addEvent(): this {
    throw new Error('Events hold what may be secret.');
  }
  addLink = (): this => this;
  addLinks = (): this => this;
  updateName(name: string): this {
    this.name = name;
    return this;
  }
  recordException(): void {
    throw new Error('Exceptions hold what may be secret.');
  }
  end(): void {
    this.ends += 1;
  }
}

class LocalContextManager implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();
  active = (): Context => this.storage.getStore() ?? ROOT_CONTEXT;
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    given: Context,
    work: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.storage.run(given, () => work.apply(self, args));
  }
  bind = <T>(_given: Context, target: T): T => target;
  enable = (): this => this;
  disable(): this {
    this.storage.disable();
    return this;
  }
}

/** Stands in for the SDK of OpenTelemetry, registered with its API until `end`. */
export class RecordingTracer implements TracerProvider, Tracer {
  readonly spans: RecordedSpan[] = [];

  static register(): RecordingTracer {
    const tracer = new RecordingTracer();
    context.setGlobalContextManager(new LocalContextManager());
    trace.setGlobalTracerProvider(tracer);
    return tracer;
  }

  end(): void {
    trace.disable();
    context.disable();
  }

  named(name: string): RecordedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Runs work inside a new span, as an application does by itself. */
  inSpan<Result>(name: string, work: () => Result): Result {
    return context.with(trace.setSpan(context.active(), this.startSpan(name)), work);
  }

  getTracer = (): Tracer => this;

  startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): RecordedSpan {
    const span = new RecordedSpan(name, options, trace.getSpanContext(parent));
    this.spans.push(span);
    return span;
  }

  startActiveSpan(): never {
    throw new Error('Spans are started, and made active apart from that.');
  }
}
