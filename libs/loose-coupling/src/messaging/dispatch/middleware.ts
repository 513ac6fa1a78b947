import type { MessageContext } from './message-context.js';

/**
 * Wraps the run of every handler, outside Nest's own guards and interceptors. Used by the inbox, and by the
 * probe of the testing kit. Must call `next` at most once; not calling it acknowledges the message unhandled.
 */
export interface MessageMiddleware {
  handle(context: MessageContext, data: unknown, next: () => Promise<unknown>): Promise<unknown>;
}

/** Told of every message that was accepted for publishing. Must not throw. */
export interface PublishObserver {
  published(event: { readonly type: string; readonly envelope: MessageContext['envelope'] }): void;
}
