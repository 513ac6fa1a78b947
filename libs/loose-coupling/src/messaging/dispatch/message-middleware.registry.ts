import type { MessageProtection } from './message-protection.js';
import type { MessageMiddleware, PublishObserver } from './middleware.js';

/** Where other parts hook into messaging. The first registered middleware is the outermost. */
export class MessageMiddlewareRegistry {
  readonly middlewares: MessageMiddleware[] = [];
  readonly observers: PublishObserver[] = [];
  /** What seals personal data before it leaves, and opens it before a handler has it. */
  protection: MessageProtection | undefined;

  use(middleware: MessageMiddleware): void {
    this.middlewares.push(middleware);
  }

  observe(observer: PublishObserver): void {
    this.observers.push(observer);
  }
}
