import { InvalidEventPatternError } from '../errors/invalid-event-pattern.error.js';
import { attributeValue } from './attribute-value.js';
import { compileWith } from './compile-pattern.js';
import { faultsOfFilterPolicy } from './filter-policy-limits.js';
import type { EventPattern } from './event-pattern.js';
import type { FilterableMessage, FilterPolicyScope } from './filterable-message.js';
import type { PatternDialect } from './pattern-compilation.js';

export type CompiledFilterPolicy = (message: FilterableMessage) => boolean;

const MAX_NUMBER = 1e9;
const MAX_DECIMALS = 5;

const SNS: PatternDialect = {
  wildcards: false,
  existsWantsValue: true,
  faultOfNumber: (value) =>
    Math.abs(value) <= MAX_NUMBER && Number(value.toFixed(MAX_DECIMALS)) === value
      ? undefined
      : `must be from -${MAX_NUMBER} to ${MAX_NUMBER} with at most ${MAX_DECIMALS} decimals, for SNS`,
};

/**
 * Compiles the filter policy of an SNS subscription. The language is that of event patterns without `wildcard`;
 * attributes of type Number match numbers, those of type String.Array match when any element does.
 * @param subject what the policy is, for the message
 * @throws {InvalidEventPatternError} listing every fault with its path, also of SNS's limits
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export function compileFilterPolicy(
  policy: EventPattern,
  scope: FilterPolicyScope,
  subject = 'filter policy',
): CompiledFilterPolicy {
  const matches = compileWith(SNS, policy, subject);
  const faults = faultsOfFilterPolicy(policy, scope);
  if (faults.length > 0) throw new InvalidEventPatternError(subject, faults);
  if (scope === 'MessageBody') return ({ body }) => typeof body === 'object' && body !== null && matches(body);
  return ({ attributes = {}, attributeTypes = {} }) => {
    const entries = Object.entries(attributes);
    // As SNS documents: without any attribute not even `exists: false` matches.
    if (entries.length === 0) return false;
    return matches(
      Object.fromEntries(entries.map(([name, value]) => [name, attributeValue(value, attributeTypes[name])])),
    );
  };
}
