import { declarationsOf } from '../decorators/registry-binding.js';
import type { FallbackOptions, PolicyOptions } from '../options/policy-options.js';

/** The fallbacks of an object's methods that it does not have, in sentences: otherwise only an outage would show them. */
export function missingFallbacks(instance: object): readonly string[] {
  const type = (Object.getPrototypeOf(instance) as { constructor: object }).constructor;
  return declarationsOf(type).flatMap(({ name, policies }) =>
    policies
      .filter(({ kind }) => kind === 'fallback')
      .flatMap(({ options }) => namesIn(options as PolicyOptions['fallback']))
      .filter((use) => !has(instance, use) && !has(type, use))
      .map(
        (use) =>
          `${name} fallback: expected a function, or the name of a method of the same object, got ${String(use)}`,
      ),
  );
}

function namesIn(options: PolicyOptions['fallback']): readonly (string | symbol)[] {
  const chain = [options ?? []].flat() as readonly FallbackOptions[];
  return chain.flatMap(({ use }) => (typeof use === 'function' ? [] : [use]));
}

/** Asks no getter, and no proxy for a value. A static method's fallback is static too. */
const has = (target: object, key: PropertyKey): boolean => key in target;
