import {
  MessageMiddlewareRegistry,
  NO_TRACER,
  type HasTracer,
  type MessageTracer,
  type MessageTransport,
} from '../messaging/index.js';
import { MessageTracing } from '../observability/index.js';

/** The spans of one server or client, which is in no application of ours. */
export class OpenTelemetrySpans implements HasTracer {
  tracer: MessageTracer = NO_TRACER;
  private tracing: MessageTracing | undefined;

  /** @throws {MissingPackageError} when they are asked for and @opentelemetry/api is not installed */
  open({ systems }: MessageTransport, openTelemetry: boolean | undefined): this {
    this.close();
    const registry = new MessageMiddlewareRegistry();
    this.tracing = new MessageTracing({ openTelemetry, systems }, registry);
    this.tracer = registry.tracer;
    return this;
  }

  close(): void {
    this.tracing?.close();
    this.tracing = undefined;
    this.tracer = NO_TRACER;
  }
}
