import type * as Api from '@opentelemetry/api';
import { currentCorrelation, withCorrelation } from '../kernel/index.js';
import type {
  MessageContext,
  MessageMiddleware,
  MessageTracer,
  MessagingSystems,
  SendingSpan,
  SendingSpanOptions,
  SentEnvelope,
  TracedHandling,
} from '../messaging/index.js';
import { fromSpanContext, toSpanContext } from './span-context.js';

/** A handler that throws one of these has said what it wants; nothing failed. */
const NO_FAILURES: readonly unknown[] = ['LC_RETRY_LATER', 'LC_DISCARD'];

/**
 * Spans after the semantic conventions of OpenTelemetry for messaging
 * (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/): one of a producer for each message sent, one of a
 * consumer for each run of a handler. They name what is sent and never hold what is in it, nor texts of errors.
 */
export class OpenTelemetryTracer implements MessageTracer, MessageMiddleware {
  constructor(
    private readonly api: typeof Api,
    private readonly tracer: Api.Tracer,
    private readonly systems: MessagingSystems,
  ) {}

  sending(operation: 'publish' | 'send', destination: string, options: SendingSpanOptions = {}): SendingSpan {
    const { context, trace, SpanKind } = this.api;
    const { over = operation === 'publish' ? 'events' : 'queues', cause } = options;
    const attributes = {
      'messaging.system': this.systems[over],
      'messaging.operation.name': operation,
      'messaging.operation.type': 'send',
      'messaging.destination.name': destination,
    };
    const parent = cause ? this.causedBy(cause) : context.active();
    const span = this.tracer.startSpan(`${operation} ${destination}`, { kind: SpanKind.PRODUCER, attributes }, parent);
    return {
      run: (work) => context.with(trace.setSpan(context.active(), span), work),
      accepted: (envelope) => span.setAttributes(attributesOf(envelope)).end(),
      failed: (error) => this.end(span, error),
    };
  }

  handle(message: MessageContext, _data: unknown, next: () => Promise<unknown>): Promise<unknown> {
    return this.handling(message, next);
  }

  /**
   * A child of the span that sent the message, and linked to it: a handler may run again, long after, and in a trace of its own if
   * a sampler says so.
   */
  async handling<Result>(message: TracedHandling, next: () => Promise<Result>): Promise<Result> {
    const { context, trace, SpanKind } = this.api;
    const sender = toSpanContext(this.api, message.envelope);
    const span = this.tracer.startSpan(`process ${message.queue}`, {
      kind: SpanKind.CONSUMER,
      ...(sender && { links: [{ context: sender }] }),
      attributes: {
        'messaging.system': this.systems.queues,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': message.queue,
        ...attributesOf(message.envelope),
        'loose_coupling.handler': message.handler,
        'loose_coupling.attempt': message.attempt,
      },
    });
    const work = () => context.with(trace.setSpan(context.active(), span), next);
    try {
      const result = await withTraceOf(span, work);
      span.end();
      return result;
    } catch (error) {
      if (NO_FAILURES.includes(codeOf(error))) span.end();
      else this.end(span, error);
      throw error;
    }
  }

  /** Whatever is active where it is sent has nothing to do with it. */
  private causedBy(cause: NonNullable<SendingSpanOptions['cause']>): Api.Context {
    const { ROOT_CONTEXT, trace } = this.api;
    const sender = toSpanContext(this.api, cause);
    return sender ? trace.setSpanContext(ROOT_CONTEXT, sender) : ROOT_CONTEXT;
  }

  private end(span: Api.Span, error: unknown): void {
    span.setAttribute('error.type', typeOf(error));
    span.setStatus({ code: this.api.SpanStatusCode.ERROR });
    span.end();
  }
}

/** The correlation goes on with the span too, for what reads the trace from there. */
function withTraceOf<Result>(span: Api.Span, work: () => Result): Result {
  const correlation = currentCorrelation();
  if (!correlation) return work();
  const { tracestate: _, ...rest } = correlation;
  return withCorrelation({ ...rest, ...fromSpanContext(span.spanContext()) }, work);
}

const attributesOf = ({ id, correlationid }: SentEnvelope): Api.Attributes => ({
  'messaging.message.id': id,
  ...(correlationid !== undefined && { 'messaging.message.conversation_id': correlationid }),
});

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;

/** A code or the name of a class: low in number, and nothing of a message. */
function typeOf(error: unknown): string {
  const code = codeOf(error);
  if (typeof code === 'string' && /^[\w.-]{1,64}$/.test(code)) return code;
  return error instanceof Error ? error.constructor.name : '_OTHER';
}
