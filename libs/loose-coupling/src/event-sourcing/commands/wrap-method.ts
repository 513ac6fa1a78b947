import 'reflect-metadata';

/** A method that answers later; `this` is checked where it is called. */
export type AsyncMethod<Args extends unknown[] = never[], Result = unknown> = (...args: Args) => Promise<Result>;

type Around = (instance: object, call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

/** Puts `around` in the place of a method, which keeps its name, length, properties and metadata: a guard's roles survive. */
export function wrapMethod(prototype: object, name: PropertyKey, descriptor: PropertyDescriptor, around: Around): void {
  const original = descriptor.value as AsyncMethod;
  const { wrapper } = {
    // A method, so that it cannot be constructed, as the original cannot.
    wrapper(this: object, ...args: never[]): Promise<unknown> {
      return around(this, async () => original.apply(this, args), args);
    },
  };
  for (const key of Reflect.ownKeys(original)) {
    const own = Object.getOwnPropertyDescriptor(original, key);
    if (own?.configurable) Object.defineProperty(wrapper, key, own);
  }
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
  descriptor.value = wrapper;
  Object.defineProperty(prototype, name, descriptor);
}
