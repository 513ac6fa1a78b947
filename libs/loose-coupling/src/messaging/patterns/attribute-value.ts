import { parseUntrustedJson } from '../../kernel/index.js';

/** What a filter policy compares of an SNS attribute. Binary attributes, and those that break their type, count as absent. */
export function attributeValue(value: string, type = 'String'): unknown {
  switch (type) {
    case 'Binary':
      return undefined;
    case 'Number':
      return value.trim() === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
    case 'String.Array':
      return arrayOf(value);
    default:
      return value;
  }
}

function arrayOf(value: string): unknown[] | undefined {
  try {
    const parsed = parseUntrustedJson(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
