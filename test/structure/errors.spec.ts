import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** `code Class`, of every error class of the library. */
function fromTheSources(): string[] {
  const files = projectFiles(['libs/loose-coupling/src'], (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'));
  return files.flatMap((path) => {
    const text = read(path);
    const classes = [...text.matchAll(/^export (?:abstract )?class (\w+)[^{]*? extends \w*Error\b/gm)];
    return [...text.matchAll(/\breadonly code(?:: \w+)? = '(LC_[A-Z_]+)'/g)].map((code) => {
      const owner = classes.filter(({ index }) => index < code.index).at(-1)?.[1];
      return `${code[1]} ${owner}`;
    });
  });
}

/** `code Class`, of every row of docs/errors.md. */
function fromTheDocs(): string[] {
  return [...read('docs/errors.md').matchAll(/^\| `(LC_[A-Z_]+)` +\| `(\w+)` +\|/gm)].map(
    ([, code, name]) => `${code} ${name}`,
  );
}

describe('docs/errors.md', () => {
  it('lists every error class with its code, once, and no other', () => {
    expect(fromTheSources().length).toBeGreaterThan(20);
    expect(fromTheDocs().toSorted()).toEqual(fromTheSources().toSorted());
  });

  it('gives no code to two classes', () => {
    const codes = fromTheSources().map((entry) => entry.split(' ')[0]);
    expect(codes).toEqual([...new Set(codes)]);
  });
});
