import { FaultList } from '../../kernel/index.js';
import { checkPersonalDataRule, type PersonalDataRule } from '../../messaging/index.js';

export interface PersonalDataMark {
  /** Path of the field that holds the id of the person. */
  readonly subject: string;
  /** On a class: paths of its personal fields. Not on a property, which is one itself. */
  readonly fields?: readonly string[];
}

const KEY = Symbol.for('nestjs-loose-coupling:personal-data');
type Marked = { [KEY]?: readonly PersonalDataRule[] };

/**
 * Marks personal data of an event class: it is stored encrypted under a key of its subject, and is gone once that
 * is forgotten. On a property; or, for constructor properties and nested fields, on the class.
 *
 * @example
 * @EventType('customer.registered')
 * @PersonalData({ subject: 'customerId', fields: ['name', 'address.street'] })
 * export class CustomerRegistered { constructor(readonly customerId: string, readonly name: string, …) {} }
 * @throws {InvalidOptionsError} when it cannot be meant
 */
export function PersonalData(options: PersonalDataMark): PropertyDecorator & ClassDecorator {
  return (target: object, property?: string | symbol, parameter?: unknown) => {
    const faults = new FaultList('@PersonalData');
    if (typeof parameter === 'number' || typeof property === 'symbol') {
      faults.say('it was put on a parameter, or on a symbol; name the property in `fields` of one on the class');
      faults.throwIfAny();
    }
    if (property !== undefined && options?.fields !== undefined) faults.say('fields: only on a class');
    const rule = { subject: options?.subject, fields: property === undefined ? options?.fields : [property] };
    checkPersonalDataRule(faults, 'options', rule);
    faults.throwIfAny();
    const owner = property === undefined ? target : target.constructor;
    const rules = [...(Object.hasOwn(owner, KEY) ? ((owner as Marked)[KEY] ?? []) : []), rule as PersonalDataRule];
    Object.defineProperty(owner, KEY, { value: Object.freeze(rules), configurable: true });
  };
}

const NONE: readonly PersonalDataRule[] = [];

/** What `@PersonalData` says of an event class and its parents. */
export function personalDataOf(eventClass: object): readonly PersonalDataRule[] {
  let found = NONE;
  for (let at: object | null = eventClass; at; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, KEY)) found = [...found, ...((at as Marked)[KEY] ?? [])];
  }
  return found;
}

/** Of an event's data, which may be an instance of such a class. */
export function personalDataOfInstance(data: unknown): readonly PersonalDataRule[] {
  if (typeof data !== 'object' || data === null) return NONE;
  const { constructor } = data;
  return typeof constructor === 'function' && constructor !== Object ? personalDataOf(constructor) : NONE;
}
