import { utf8Length } from '../../kernel/index.js';

/** The characters that SQS and SNS refuse: controls but tab, line feed and carriage return, halves of pairs, U+FFFE and U+FFFF. */
// oxlint-disable-next-line no-control-regex
const REFUSED_CHARACTERS = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/u;
const ATTRIBUTE_NAME = /^(?!(?:AWS|Amazon)\.)(?!\.)[\w.-]{1,256}$/i;
/** Of a group or a deduplication id. */
const ID = /^[\x21-\x7e]{1,128}$/;
/** Attributes are sent as text, and the name of their type counts. */
export const STRING_TYPE = 'String';

export function faultOfText(what: string, text: unknown): string | undefined {
  if (typeof text !== 'string') return `its ${what} must be text, is ${text === null ? 'null' : typeof text}.`;
  if (text === '') return `its ${what} is empty.`;
  if (REFUSED_CHARACTERS.test(text)) return `its ${what} has a control character, or half of a surrogate pair.`;
  return undefined;
}

export function faultOfAttributes(attributes: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    if (!ATTRIBUTE_NAME.test(name) || name.endsWith('.') || name.includes('..')) {
      return `its attribute ${JSON.stringify(name)} has a name that AWS does not take: expected 1 to 256 letters, digits, "_", "-" and single dots inside.`;
    }
    const fault = faultOfText(`attribute "${name}"`, value);
    if (fault) return fault;
  }
  return undefined;
}

export const faultOfId = (what: string, id: unknown): string | undefined =>
  typeof id === 'string' && ID.test(id)
    ? undefined
    : `its ${what} must be 1 to 128 letters, digits and punctuation of ASCII, is ${JSON.stringify(id)}.`;

/** As SQS and SNS count: names, types and values, in UTF-8. */
export function attributeBytes(attributes: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(attributes)) {
    bytes += utf8Length(name) + STRING_TYPE.length + utf8Length(value);
  }
  return bytes;
}

/** As the SDK takes them, or nothing when there are none. */
export function toAttributeValues(
  attributes: Readonly<Record<string, string>> | undefined,
): Record<string, { DataType: string; StringValue: string }> | undefined {
  const entries = Object.entries(attributes ?? {});
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, { DataType: STRING_TYPE, StringValue: value }]));
}
