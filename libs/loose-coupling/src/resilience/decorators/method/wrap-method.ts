import type { AnyMethod, DecoratedMethod } from './decorated-method.js';
import { mirrorFunction } from './mirror-function.js';

/** The function that takes the method's place. It keeps nothing of a call, and passes `this` and the arguments on as they are. */
export function wrapMethod(method: DecoratedMethod): AnyMethod {
  const { original } = method;
  const { wrapper } = {
    // A method, so that it cannot be constructed, as the original cannot.
    wrapper(this: unknown, ...args: never[]): unknown {
      const { direct } = method;
      return direct !== undefined && (this as { constructor?: unknown } | undefined)?.constructor === method.directType
        ? direct.call(original as (...args: never[]) => PromiseLike<unknown>, this, args)
        : method.call(this, args);
    },
  };
  mirrorFunction(original, wrapper);
  return wrapper;
}
