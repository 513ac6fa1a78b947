import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { describeJson, quote, type JsonRecord } from './describe-json.js';

/** Longer attributes are refused: they are meant for routing and logs, data has its own place. */
const MAX_LENGTH = 2048;

/** NUL and lone surrogates cannot be kept in databases: two ids that differ in them would become one. */
const UNSTORABLE_TEXT = /[\0\p{Surrogate}]/u;

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Text, or absent. CloudEvents takes `null` as absent. */
export function readOptionalText(attributes: JsonRecord, name: string): string | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(name, 'text', describeJson(value));
  if (value === '') throw wrong(name, 'text', 'an empty text');
  if (value.length > MAX_LENGTH) throw wrong(name, `at most ${MAX_LENGTH} characters`, `${value.length}`);
  return value;
}

/** What a message is recognised by. */
export function readText(attributes: JsonRecord, name: string): string {
  const value = readOptionalText(attributes, name);
  if (value === undefined) throw wrong(name, 'text', 'nothing');
  if (UNSTORABLE_TEXT.test(value)) throw wrong(name, 'Unicode text without NUL', quote(value));
  return value;
}

/** CloudEvents extensions may also be whole numbers or booleans; they are kept as text. */
export function readOptionalExtension(attributes: JsonRecord, name: string): string | undefined {
  const value = attributes[name];
  return Number.isSafeInteger(value) || typeof value === 'boolean' ? String(value) : readOptionalText(attributes, name);
}

export function readOptionalTime(attributes: JsonRecord, name: string): string | undefined {
  const value = readOptionalText(attributes, name);
  if (value === undefined) return undefined;
  if (!RFC_3339.test(value) || Number.isNaN(Date.parse(value))) throw wrong(name, 'a time in RFC 3339', quote(value));
  return value;
}

const wrong = (name: string, expected: string, came: string): UnparsableMessageError =>
  new UnparsableMessageError(`its attribute "${name}" should be ${expected}, but is ${came}`);
