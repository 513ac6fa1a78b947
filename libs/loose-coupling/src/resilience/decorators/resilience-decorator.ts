import type { Subscribable } from 'rxjs';
import { InvalidDecorationError } from '../errors/invalid-decoration.error.js';
import { livingApplications } from '../registry/living-applications.js';
import { DecoratedMethod, type AnyMethod } from './method/decorated-method.js';
import { addDecoratedMethod, ownDecoratedMethods } from './method/decorated-methods.js';
import { MethodDraft, type Declared } from './method/method-draft.js';
import { findReturns } from './method/method-returns.js';
import { wrapMethod } from './method/wrap-method.js';

/** A method that policies can stand before: what it answers is not there at once. */
export type ResilientMethod = (
  ...args: never[]
) => PromiseLike<unknown> | Subscribable<unknown> | AsyncIterable<unknown>;

/**
 * Goes on a method, or on a class: there it is the default of those methods of the class itself that have any resilience decorator, be it
 * a bare `@Resilient()`. What a method says wins over what its class says.
 *
 * @throws InvalidDecorationError on a getter or setter, on a method whose declared type is not asynchronous, when the same is said
 * twice, and on a class without such methods.
 */
export interface ResilienceDecorator {
  (type: { readonly prototype: object }): void;
  <Method extends ResilientMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
}

/** @param name the decorator, for errors */
export function resilienceDecorator(name: string, declared: Declared): ResilienceDecorator {
  return (target: object, key?: unknown, descriptor?: unknown): void => {
    if (key === undefined) decorateClass(name, declared, target);
    else if (typeof key === 'string' || typeof key === 'symbol')
      decorateMethod(name, declared, target, key, descriptor);
    else
      throw new InvalidDecorationError(
        `@${name}()`,
        'is a decorator of TypeScript’s "experimentalDecorators"; set that option.',
      );
  };
}

function decorateMethod(
  decorator: string,
  declared: Declared,
  target: object,
  key: string | symbol,
  descriptor: unknown,
): void {
  const name = `${(typeof target === 'function' ? target : target.constructor).name}.${String(key)}`;
  const subject = `@${decorator}() on ${name}`;
  const method = ownDecoratedMethods(target).get(key) ?? wrap(subject, name, declared, target, key, descriptor);
  if (method.draft.add(declared) === 'repeated') throw repeated(subject);
  if (declared.returns) method.returns = declared.returns;
  method.changed();
  announce(declared, [method]);
}

function wrap(
  subject: string,
  name: string,
  declared: Declared,
  target: object,
  key: string | symbol,
  descriptor: unknown,
): DecoratedMethod {
  if (!isMethodDescriptor(descriptor)) {
    throw new InvalidDecorationError(
      subject,
      'works on methods, not on getters, setters and properties. If a decorator below it makes the method a getter, put this one below that.',
    );
  }
  const found = declared.returns ?? findReturns(descriptor.value, target, key);
  if (found === 'sync') {
    throw new InvalidDecorationError(
      subject,
      'works on methods that return a promise, an Observable or an async iterable. Make the method async.',
    );
  }
  const method = new DecoratedMethod(name, { target, key }, descriptor.value, found);
  addDecoratedMethod(target, key, method);
  descriptor.value = wrapMethod(method);
  return method;
}

function decorateClass(decorator: string, declared: Declared, type: object): void {
  const subject = `@${decorator}() on ${(type as { name?: string }).name}`;
  const { prototype } = type as { prototype: object };
  const methods = [...ownDecoratedMethods(type).values(), ...ownDecoratedMethods(prototype).values()];
  if (methods.length === 0) {
    throw new InvalidDecorationError(
      subject,
      'is a default for the resilient methods of the class itself, of which there is none. Put @Resilient() on those it is meant for.',
    );
  }
  if (declared.returns) throw new InvalidDecorationError(subject, '"returns" is about one method: say it there.');
  const defaults = methods[0]?.defaults ?? new MethodDraft();
  if (defaults.add(declared) === 'repeated') throw repeated(subject);
  for (const method of methods) method.useDefaults(defaults);
  announce(declared, methods);
}

/** Of classes that nobody has bound, nobody else tells before the first call which names there are. */
function announce({ policy }: Declared, methods: readonly DecoratedMethod[]): void {
  if (policy?.name === undefined || policy.options === undefined) return;
  for (const method of methods) livingApplications.announce(() => method.declaration);
}

function repeated(subject: string): InvalidDecorationError {
  return new InvalidDecorationError(subject, 'stands there twice. Keep one of them.');
}

function isMethodDescriptor(descriptor: unknown): descriptor is { value: AnyMethod } {
  return typeof (descriptor as PropertyDescriptor | undefined)?.value === 'function';
}
