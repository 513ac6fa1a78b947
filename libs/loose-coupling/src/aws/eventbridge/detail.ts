import { UnserializableDataError } from '../../messaging/index.js';

const MAX_DEPTH = 1_000;
const OPENING = /^\s*\{/;
/** Texts, which are passed over, and numbers; only an integer has neither fraction nor exponent. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LARGE_INTEGER = /^-?\d{19,}$/;
const DIGITS_OF_INT64 = /\d{19}/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Writes a detail as JSON.
 * @throws {UnserializableDataError} for what JSON does not write as an object: texts, lists, cycles, big integers …
 */
export function encodeDetail(detailType: string, detail: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(detail);
  } catch (cause) {
    throw new UnserializableDataError(detailType, 'one that JSON.stringify refuses', { cause });
  }
  if (text === undefined || !OPENING.test(text)) {
    throw new UnserializableDataError(detailType, 'one that is no JSON object');
  }
  return text;
}

/** What EventBridge does not take of a JSON text. */
export function faultOfDetail(text: unknown): string | undefined {
  if (typeof text !== 'string' || !OPENING.test(text)) return 'its detail must be a JSON object.';
  if (text.length > 2 * MAX_DEPTH && isTooDeep(text)) return `its detail nests deeper than ${MAX_DEPTH} levels.`;
  const number = DIGITS_OF_INT64.test(text) ? findLargeInteger(text) : undefined;
  return number && `its detail has the number ${number}, which does not fit into 64 bits; send it as text.`;
}

function findLargeInteger(text: string): string | undefined {
  for (const [token] of text.matchAll(TOKENS)) {
    if (!LARGE_INTEGER.test(token)) continue;
    const value = BigInt(token);
    if (value < INT64_MIN || value > INT64_MAX) return token;
  }
  return undefined;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inText) {
      if (character === '\\') index += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}
