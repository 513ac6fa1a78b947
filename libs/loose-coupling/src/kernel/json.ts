/** Any value that survives JSON unchanged. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * Parses untrusted JSON. Keys that could reach a prototype when merged (`__proto__`, and `constructor` with a
 * `prototype` inside) are dropped.
 * @throws {SyntaxError} when the text is not JSON
 */
export function parseUntrustedJson(text: string): unknown {
  // The reviver costs several times the parse, so it runs only when a suspicious key can be there. One look for what
  // both keys hold spares most texts the second.
  if (!text.includes('\\u') && (!text.includes('proto') || !/__proto__|prototype/.test(text))) return JSON.parse(text);
  return JSON.parse(text, function (this: Record<string, unknown>, key, value: unknown) {
    if (key === '__proto__') return undefined;
    if (key === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value) return undefined;
    return value;
  });
}

/** Length in UTF-8 bytes, which is what message size limits count. */
export const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8');
