import type { DecoratedMethod } from './decorated-method.js';
import { addOwnMethod, ownMethods } from './own-methods.js';

/** The decorated methods that `target` itself has: a prototype, or a class for its static ones. */
export const ownDecoratedMethods = (target: object): ReadonlyMap<string | symbol, DecoratedMethod> =>
  ownMethods<DecoratedMethod>(target);

export function addDecoratedMethod(target: object, key: string | symbol, method: DecoratedMethod): void {
  addOwnMethod(target, key, method);
}

/** Those of the class and of everything that it extends, static ones included; an overridden one too, since `super` reaches it. */
export function decoratedMethodsOf(type: object): DecoratedMethod[] {
  return [...inChain(type), ...inChain((type as { prototype?: unknown }).prototype)];
}

/** Those that calls on this object reach. */
export function decoratedMethodsOfInstance(instance: object): DecoratedMethod[] {
  return inChain(Object.getPrototypeOf(instance));
}

function inChain(start: unknown): DecoratedMethod[] {
  const found: DecoratedMethod[] = [];
  let target = start;
  while ((typeof target === 'object' && target !== null) || typeof target === 'function') {
    found.push(...ownDecoratedMethods(target).values());
    target = Object.getPrototypeOf(target);
  }
  return found;
}
