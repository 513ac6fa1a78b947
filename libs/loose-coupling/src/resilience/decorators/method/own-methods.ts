import 'reflect-metadata';

/** On the prototype, or the class for static methods, so that it outlives other wrappers and is seen by a second copy of this package. */
const METADATA = Symbol.for('nestjs-loose-coupling:resilience-methods');

/** What was put down for the methods that `target` itself has: a prototype, or a class for its static ones. */
export function ownMethods<Method>(target: object): Map<string | symbol, Method> {
  return (Reflect.getOwnMetadata(METADATA, target) as Map<string | symbol, Method> | undefined) ?? new Map();
}

export function addOwnMethod<Method>(target: object, key: string | symbol, method: Method): void {
  const methods = Reflect.getOwnMetadata(METADATA, target) as Map<string | symbol, Method> | undefined;
  if (methods) methods.set(key, method);
  else Reflect.defineMetadata(METADATA, new Map([[key, method]]), target);
}
