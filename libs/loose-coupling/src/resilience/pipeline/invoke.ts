import type { Attempt } from './attempt.js';
import type { Method } from './layer.js';
import { isWork } from './work-arguments.js';

/**
 * Calls the work. Its result becomes a promise here, within its own context: a lazy thenable (a query builder, say)
 * begins when its `then` is called, and begins again with every further call.
 */
export function invoke(method: Method, self: unknown, args: readonly unknown[], attempt: Attempt): Promise<unknown> {
  return Promise.resolve(method.apply(self, (isWork(args) ? [attempt] : args) as never[]));
}
