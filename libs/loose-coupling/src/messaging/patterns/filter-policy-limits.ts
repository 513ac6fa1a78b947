import type { EventPattern } from './event-pattern.js';
import type { FilterPolicyScope } from './filterable-message.js';

const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;

interface Complexity {
  readonly keys: number;
  readonly combinations: number;
}

/**
 * What SNS would refuse in a policy that is well formed.
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function faultsOfFilterPolicy(policy: EventPattern, scope: FilterPolicyScope): string[] {
  const faults = scope === 'MessageAttributes' ? nestedFields(policy, '') : [];
  const { keys, combinations } = complexityOf(policy, 1);
  if (keys > MAX_KEYS) faults.push(`pattern: names ${keys} keys, SNS takes at most ${MAX_KEYS}`);
  if (combinations > MAX_COMBINATIONS) {
    faults.push(`pattern: makes ${combinations} combinations of values, SNS takes at most ${MAX_COMBINATIONS}`);
  }
  return faults;
}

const alternativesOf = (value: EventPattern[string]): readonly EventPattern[] => value as readonly EventPattern[];

function nestedFields(policy: EventPattern, path: string): string[] {
  return Object.entries(policy).flatMap(([name, value]) => {
    if (name === '$or')
      return alternativesOf(value).flatMap((one, index) => nestedFields(one, `${path}$or[${index}].`));
    return Array.isArray(value) ? [] : [`${path}${name}: must be a list, attributes have no fields inside`];
  });
}

/** Each key counts its values times its level; keys multiply, alternatives add up. */
function complexityOf(policy: EventPattern, level: number): Complexity {
  let keys = 0;
  let combinations = 1;
  for (const [name, value] of Object.entries(policy)) {
    if (name === '$or') {
      const alternatives = alternativesOf(value).map((alternative) => complexityOf(alternative, level));
      keys += Math.max(...alternatives.map((alternative) => alternative.keys));
      combinations *= alternatives.reduce((sum, alternative) => sum + alternative.combinations, 0);
    } else if (Array.isArray(value)) {
      keys += 1;
      combinations *= value.length * level;
    } else {
      const nested = complexityOf(value as EventPattern, level + 1);
      keys += nested.keys;
      combinations *= nested.combinations;
    }
  }
  return { keys, combinations };
}
