import 'reflect-metadata';
import type { DecoratedMethod } from './decorated-method.js';

/** On the prototype, or the class for static methods, so that it outlives other wrappers and is seen by a second copy of this package. */
const METADATA = Symbol.for('nestjs-loose-coupling:resilience-methods');

type MethodMap = Map<string | symbol, DecoratedMethod>;

/** The decorated methods that `target` itself has: a prototype, or a class for its static ones. */
export function ownDecoratedMethods(target: object): ReadonlyMap<string | symbol, DecoratedMethod> {
  return (Reflect.getOwnMetadata(METADATA, target) as MethodMap | undefined) ?? new Map();
}

export function addDecoratedMethod(target: object, key: string | symbol, method: DecoratedMethod): void {
  const methods = Reflect.getOwnMetadata(METADATA, target) as MethodMap | undefined;
  if (methods) methods.set(key, method);
  else Reflect.defineMetadata(METADATA, new Map([[key, method]]), target);
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
