import type { MethodDeclaration } from '../registry/method-declaration.js';
import type { DecoratedMethod } from './method/decorated-method.js';
import { decoratedMethodsOf, decoratedMethodsOfInstance } from './method/decorated-methods.js';
import type { PipelineSource } from './method/pipeline-source.js';

/** What each registry runs, so that it can be taken away when its application closes. */
const boundMethods = new WeakMap<PipelineSource, Set<DecoratedMethod>>();

/**
 * Lets `registry` run the decorated methods of these classes and of what they extend. A method of a class that nobody has bound runs
 * through the default registry. Returns what was bound, each once.
 */
export function bindResilience(classes: Iterable<object>, registry: PipelineSource): readonly MethodDeclaration[] {
  const types = [...classes];
  const methods = new Set(types.flatMap(decoratedMethodsOf));
  for (const method of methods) method.bind(registry);
  const before = boundMethods.get(registry) ?? [];
  boundMethods.set(registry, new Set([...before, ...methods]));
  return [...new Set(types.flatMap(declarationsOf))];
}

/**
 * Says whose an object is, which matters while applications in one process (tests, mostly) share its class. An object that nobody
 * has bound is run by the application that was bound last.
 */
export function bindInstance(instance: object, registry: PipelineSource): void {
  for (const method of decoratedMethodsOfInstance(instance)) method.bindInstance(instance, registry);
}

/** Takes back all that `bindResilience` gave to this registry. */
export function unbindResilience(registry: PipelineSource): void {
  for (const method of boundMethods.get(registry) ?? []) method.unbind(registry);
  boundMethods.delete(registry);
}

/** As its application closes: what is called later still meets this registry, until another one is bound. */
export function retireResilience(registry: PipelineSource): void {
  for (const method of boundMethods.get(registry) ?? []) method.retire(registry);
  boundMethods.delete(registry);
}

/** What the decorators on a class, and on what it extends, declare for it. */
export function declarationsOf(type: object): readonly MethodDeclaration[] {
  return decoratedMethodsOf(type).map((method) => method.declarationFor(type));
}
