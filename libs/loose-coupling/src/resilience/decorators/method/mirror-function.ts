import 'reflect-metadata';

const OWN_TO_EACH_FUNCTION: ReadonlySet<string | symbol> = new Set(['prototype', 'arguments', 'caller']);

/**
 * Makes `wrapper` look like `original`: name, length, own properties, and the metadata that guards, interceptors, routes, Swagger and
 * handlers find their way by. Without it, a route whose roles were declared below a wrapping decorator is unprotected.
 */
export function mirrorFunction(original: object, wrapper: object): void {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = OWN_TO_EACH_FUNCTION.has(key) ? undefined : Object.getOwnPropertyDescriptor(original, key);
    if (descriptor) Object.defineProperty(wrapper, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
}
