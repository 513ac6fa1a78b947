import type { MessageEnvelope } from '../envelope/message-envelope.js';

/** One message on its way out, from before it is made until it is accepted or refused. */
export interface SendingSpan {
  /** What is made meanwhile carries the span. */
  run<Result>(work: () => Result): Result;
  accepted(envelope: MessageEnvelope): void;
  failed(error: unknown): void;
}

/** Makes spans of what is sent. */
export interface MessageTracer {
  /** `destination`: the event of a `publish`, the queue of a `send`. */
  sending(operation: 'publish' | 'send', destination: string): SendingSpan;
}

const NO_SPAN: SendingSpan = { run: (work) => work(), accepted: () => undefined, failed: () => undefined };

export const NO_TRACER: MessageTracer = { sending: () => NO_SPAN };
