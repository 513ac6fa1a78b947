import type { ModulesContainer } from '@nestjs/core';

/** Every class that Nest makes, or could make, objects of: request-scoped ones too. */
export function* classesOf(modules: ModulesContainer): Iterable<object> {
  for (const { metatype, instance } of wrappersOf(modules)) {
    if (typeof metatype === 'function') yield metatype;
    const type = constructorOf(instance);
    if (type) yield type;
  }
}

/** The objects that Nest has made and keeps. */
export function* instancesOf(modules: ModulesContainer): Iterable<object> {
  for (const { instance } of wrappersOf(modules)) if (constructorOf(instance)) yield instance as object;
}

interface Wrapper {
  readonly metatype: unknown;
  readonly instance: unknown;
}

function* wrappersOf(modules: ModulesContainer): Iterable<Wrapper> {
  for (const { providers, controllers, injectables, middlewares } of modules.values()) {
    for (const wrappers of [providers, controllers, injectables, middlewares]) {
      for (const wrapper of wrappers.values()) yield wrapper as Wrapper;
    }
  }
}

/** Asks the prototype: a value may be a proxy that answers, or throws, whatever it is asked for. */
function constructorOf(instance: unknown): object | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  const prototype = Object.getPrototypeOf(instance) as { constructor?: unknown } | null;
  const type = prototype?.constructor;
  return typeof type === 'function' ? type : undefined;
}
