import type { KeptAnswers } from './kept-answers.js';
import type { MessageProtection } from './message-protection.js';
import { NO_TRACER, type MessageTracer } from '../core/message-tracer.js';
import type { MessageMiddleware, PublishObserver } from './middleware.js';

/** Where other parts hook into messaging. The first registered middleware is the outermost. */
export class MessageMiddlewareRegistry {
  readonly middlewares: MessageMiddleware[] = [];
  readonly observers: PublishObserver[] = [];
  /** What seals personal data before it leaves, and opens it before a handler has it. */
  protection: MessageProtection | undefined;
  /** Where answers wait that could not be sent. Without it they are lost. */
  answers: KeptAnswers | undefined;
  private tracing: MessageTracer = NO_TRACER;

  get tracer(): MessageTracer {
    return this.tracing;
  }

  use(middleware: MessageMiddleware): void {
    this.middlewares.push(middleware);
  }

  /** What is sent and handled has spans of `tracer`, around everything else. */
  trace(tracer: MessageTracer & MessageMiddleware): void {
    this.tracing = tracer;
    this.middlewares.unshift(tracer);
  }

  observe(observer: PublishObserver): void {
    this.observers.push(observer);
  }
}
