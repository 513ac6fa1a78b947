import type { LeafTest } from './pattern-compilation.js';

export type TextTest = (text: string) => boolean;

/** Text operators never match anything but text. */
export const onText =
  (test: TextTest): LeafTest =>
  (value) =>
    typeof value === 'string' && test(value);

export const hasPrefix = (prefix: string, ignoreCase = false): TextTest => {
  if (!ignoreCase) return (text) => text.startsWith(prefix);
  const lower = prefix.toLowerCase();
  return (text) => text.slice(0, prefix.length).toLowerCase() === lower;
};

export const hasSuffix = (suffix: string, ignoreCase = false): TextTest => {
  if (!ignoreCase) return (text) => text.endsWith(suffix);
  const lower = suffix.toLowerCase();
  return (text) => text.length >= suffix.length && text.slice(text.length - suffix.length).toLowerCase() === lower;
};

export const equalsIgnoreCase = (expected: string): TextTest => {
  const lower = expected.toLowerCase();
  return (text) => text.length === expected.length && text.toLowerCase() === lower;
};
