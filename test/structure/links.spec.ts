import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g;

describe('the documentation', () => {
  it('refers to files that are there', () => {
    const pages = projectFiles(['.'], (path) => path.endsWith('.md'));
    const broken = pages.flatMap((page) => {
      const links = Array.from(readFileSync(join(ROOT, page), 'utf8').matchAll(LINK), ([, link = '']) => link);
      return links.filter((link) => !existsSync(join(ROOT, dirname(page), link))).map((link) => `${page}: ${link}`);
    });
    expect(pages).toContain('docs/source-mapping.md');
    expect(broken).toEqual([]);
  });
});
