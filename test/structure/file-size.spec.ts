import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

const LONGEST = 400;
const MEDIAN = 80;

const lines = (path: string): number => readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n').length;

describe('source files', () => {
  const sizes = projectFiles(['libs', 'apps'], (path) => /\.c?ts$/.test(path) && !path.endsWith('.spec.ts'))
    .map((path) => ({ path, lines: lines(path) }))
    .sort((one, other) => one.lines - other.lines);

  it('are found', () => {
    expect(sizes.length).toBeGreaterThan(100);
  });

  it(`have at most ${LONGEST} lines`, () => {
    expect(sizes.filter((file) => file.lines > LONGEST)).toEqual([]);
  });

  it(`have fewer than ${MEDIAN} lines at the median`, () => {
    expect(sizes[Math.floor(sizes.length / 2)]?.lines).toBeLessThan(MEDIAN);
  });
});
