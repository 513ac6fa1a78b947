import type { MessageContext } from './message-context.js';
import type { MessageMiddleware } from './middleware.js';

/** Runs `handler` inside the middlewares, the first outermost. */
export function runMiddlewares(
  middlewares: readonly MessageMiddleware[],
  context: MessageContext,
  data: unknown,
  handler: () => Promise<unknown>,
): Promise<unknown> {
  const step = (index: number): Promise<unknown> => {
    const middleware = middlewares[index];
    return middleware ? middleware.handle(context, data, () => step(index + 1)) : handler();
  };
  return step(0);
}
