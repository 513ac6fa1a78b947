import type { FaultList } from '../../kernel/index.js';
import { isMessageSchema } from './is-message-schema.js';
import { checkPersonalDataRule } from './personal-data-rule.js';

/** EventBridge drops events whose detail-type is longer. */
const MAX_NAME_LENGTH = 128;
const NAME = /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)*$/i;

/** What `defineEvent` and `defineCommand` were given, before it is known to be right. */
export interface UncheckedContract {
  readonly name: unknown;
  readonly version?: unknown;
  readonly schema?: unknown;
  readonly reply?: unknown;
  readonly key?: unknown;
  readonly ordered?: unknown;
  readonly personalData?: unknown;
}

/** Adds every fault that events and commands can have in common. */
export function checkContract(faults: FaultList, contract: UncheckedContract): void {
  const { name, key, ordered } = contract;
  if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH || !NAME.test(name)) {
    const shape = `words of letters, digits, "-" and "_" joined by dots, at most ${MAX_NAME_LENGTH} characters`;
    faults.add('name', `${shape}, like "shop.order.placed"`, name);
  }
  faults.positiveInteger('version', contract.version);
  for (const part of ['schema', 'reply'] as const) {
    const schema = contract[part];
    if (schema !== undefined && !isMessageSchema(schema)) {
      faults.add(part, 'a Standard Schema (zod, valibot, arktype …) or a class-validator class', schema);
    }
  }
  if (key !== undefined && typeof key !== 'function') {
    faults.add('key', 'a function from the data to a string', key);
  }
  if (contract.personalData !== undefined) checkPersonalDataRule(faults, 'personalData', contract.personalData);
  faults.boolean('ordered', ordered);
  if (ordered === true && key === undefined) {
    faults.say('ordered: needs `key`, which tells what messages must stay in order among each other');
  }
}
