import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A `ts` block of a page of the documentation; CONTRIBUTING.md says how they are marked. */
export interface Snippet {
  /** Relative to the root of the repository, with forward slashes. */
  readonly page: string;
  /** Line of the page on which the code starts, from 1. */
  readonly line: number;
  readonly name: string | undefined;
  readonly runs: boolean;
  /** What a block that runs must print. */
  readonly prints: string | undefined;
  readonly code: string;
}

const MARKED_BLOCK =
  /(?:<!-- snippet: (?<name>[\w-]+)(?<flags>[^\n]*?) -->\s*)?^(?<open>```ts\b[^\n]*\n)(?<code>[\s\S]*?)^```$/gm;

/** Every `ts` block of README.md and of docs/. */
export function readSnippets(): Snippet[] {
  return ['README.md', ...pagesUnder('docs')].flatMap(readPage);
}

export function findSnippet(name: string): Snippet {
  const found = readSnippets().filter((snippet) => snippet.name === name);
  const [snippet] = found;
  if (!snippet || found.length > 1) throw new Error(`${found.length} snippets are named ${name}; expected one`);
  return snippet;
}

function readPage(page: string): Snippet[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(MARKED_BLOCK)].map((match) => {
    const { name, flags = '', open = '', code = '' } = match.groups ?? {};
    const before = text.slice(0, match.index + match[0].lastIndexOf(open + code) + open.length);
    return {
      page,
      line: before.split('\n').length,
      name,
      runs: /\brun\b/.test(flags),
      prints: /\bprints="([^"]*)"/.exec(flags)?.[1],
      code,
    };
  });
}

function pagesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
