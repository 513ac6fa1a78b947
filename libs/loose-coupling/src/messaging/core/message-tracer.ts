import type { TraceContext } from '../../kernel/index.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { MessagingSystems } from './messaging-systems.js';

/** What is known of a message that was sent. */
export type SentEnvelope = Pick<MessageEnvelope, 'id' | 'correlationid'>;

/** One message on its way out, from before it is made until it is accepted or refused. */
export interface SendingSpan {
  /** What is made meanwhile carries the span. */
  run<Result>(work: () => Result): Result;
  accepted(envelope: SentEnvelope): void;
  failed(error: unknown): void;
}

export interface SendingSpanOptions {
  /** Default: events for a `publish`, queues for a `send`. */
  readonly over?: keyof MessagingSystems;
  /** Of a message that was made before: what caused it. Default: the work in progress. */
  readonly cause?: Partial<TraceContext>;
}

/** One run of a handler. */
export interface TracedHandling {
  readonly queue: string;
  readonly handler: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  readonly envelope: MessageEnvelope;
}

/** Makes spans of what is sent, and of what is handled outside of the middlewares. */
export interface MessageTracer {
  /** `destination`: the event of a `publish`, the queue of a `send`. */
  sending(operation: 'publish' | 'send', destination: string, options?: SendingSpanOptions): SendingSpan;
  handling<Result>(message: TracedHandling, work: () => Promise<Result>): Promise<Result>;
}

/** Who has one, which may be set after it was asked for. */
export interface HasTracer {
  readonly tracer: MessageTracer;
}

const NO_SPAN: SendingSpan = { run: (work) => work(), accepted: () => undefined, failed: () => undefined };

export const NO_TRACER: MessageTracer = { sending: () => NO_SPAN, handling: (_, work) => work() };
