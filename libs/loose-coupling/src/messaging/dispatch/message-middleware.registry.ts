import type { MessageMiddleware, PublishObserver } from './middleware.js';

/** Where other parts hook into messaging. The first registered middleware is the outermost. */
export class MessageMiddlewareRegistry {
  readonly middlewares: MessageMiddleware[] = [];
  readonly observers: PublishObserver[] = [];

  use(middleware: MessageMiddleware): void {
    this.middlewares.push(middleware);
  }

  observe(observer: PublishObserver): void {
    this.observers.push(observer);
  }
}
