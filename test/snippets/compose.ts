import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Snippet } from './snippets.js';

export interface ComposedSnippet {
  readonly code: string;
  /** Lines of `code` before the snippet's first. */
  readonly linesBefore: number;
}

/**
 * A module that compiles. A snippet with imports is one already. A part of a program is put into a function, below the
 * prelude of its page: there it may declare again what the prelude declares, and use `await`.
 */
export function composeSnippet(snippet: Snippet): ComposedSnippet {
  if (/^import /m.test(snippet.code)) return { code: snippet.code, linesBefore: 0 };
  const prelude = preludeOf(snippet.page);
  const before = `${prelude}export async function snippet() {\n`;
  const body = snippet.code.replace(/^export (default )?/gm, '');
  return { code: `${before}${body}}\n`, linesBefore: before.split('\n').length - 1 };
}

function preludeOf(page: string): string {
  const file = join(__dirname, 'preludes', `${page.replace(/\.md$/, '').replaceAll('/', '-')}.ts`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
