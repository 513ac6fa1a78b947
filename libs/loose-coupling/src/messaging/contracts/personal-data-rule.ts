import type { FaultList } from '../../kernel/index.js';

/** Which fields are personal data, and whose. Paths lead through objects: `address.street`. */
export interface PersonalDataRule {
  /** Path of the id of the person. It stays readable, so it should say nothing by itself. */
  readonly subject: string;
  /** Paths of what is only to be read as long as the person's key exists. A list or object is taken as a whole. */
  readonly fields: readonly string[];
}

const PATH = /^[^.]+(?:\.[^.]+)*$/;
const isPath = (path: unknown): path is string => typeof path === 'string' && PATH.test(path);

/** Adds everything that is wrong with one rule. */
export function checkPersonalDataRule(faults: FaultList, where: string, rule: unknown): void {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    return faults.add(where, '{ subject, fields }', rule);
  }
  const { subject, fields } = rule as Record<string, unknown>;
  faults.unknownKeys(where, rule, ['subject', 'fields']);
  if (!isPath(subject)) faults.add(`${where}.subject`, 'the path of a field', subject);
  if (!Array.isArray(fields) || fields.length === 0 || !fields.every(isPath)) {
    return faults.add(`${where}.fields`, 'paths of fields, at least one', fields);
  }
  for (const [index, field] of (fields as string[]).entries()) {
    const hides = typeof subject === 'string' && (subject === field || subject.startsWith(`${field}.`));
    if (hides) faults.say(`${where}.fields: "${field}" holds the subject, which must stay readable`);
    const other = (fields as string[]).find(
      (path, at) => at !== index && (path === field || path.startsWith(`${field}.`)),
    );
    if (other !== undefined) faults.say(`${where}.fields: "${other}" is named twice, or lies within "${field}"`);
  }
}
