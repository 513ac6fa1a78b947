import 'reflect-metadata';

/** What a decorated method answers with. */
export type MethodReturns = 'promise' | 'observable' | 'asyncIterable';

/** `unknown`: neither the function nor its declared type tells. `sync`: the type tells that it is none of the others. */
export type FoundReturns = MethodReturns | 'unknown' | 'sync';

/** Finds out without a call: from the kind of function, then from the return type that TypeScript has left as metadata. */
export function findReturns(method: object, target: object, key: string | symbol): FoundReturns {
  switch (Object.prototype.toString.call(method)) {
    case '[object AsyncFunction]':
      return 'promise';
    case '[object AsyncGeneratorFunction]':
      return 'asyncIterable';
    case '[object GeneratorFunction]':
      return 'sync';
    default:
      return returnsOfType(Reflect.getOwnMetadata('design:returntype', target, key));
  }
}

function returnsOfType(type: unknown): FoundReturns {
  // `undefined` is `void` as well as no annotation at all, `Object` any interface, alias or union.
  if (typeof type !== 'function' || isRoot(type.prototype)) return 'unknown';
  return kindOf(type.prototype) ?? 'sync';
}

function isRoot(prototype: unknown): boolean {
  return typeof prototype !== 'object' || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is to its receiver; undefined when it is there at once. */
export function kindOf(value: unknown): MethodReturns | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  if ('then' in value && typeof value.then === 'function') return 'promise';
  if ('subscribe' in value && typeof value.subscribe === 'function') return 'observable';
  if (Symbol.asyncIterator in value) return 'asyncIterable';
  return undefined;
}
