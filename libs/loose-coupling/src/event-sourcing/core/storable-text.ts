// SQLite cuts text at NUL, and lone surrogates do not survive UTF-8.
const UNSTORABLE_TEXT = /[\0\p{Surrogate}]/u;

export const isStorableText = (text: string): boolean => !UNSTORABLE_TEXT.test(text);
