import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

const PAGE = 'docs/resilience-peers.md';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** One row a defect: its id, what goes wrong, and the tests that hold the library to the opposite. */
type Row = readonly [id: string, title: string, tests: string];

function scenarios(): { id: string; title: string }[] {
  const files = projectFiles(['bench/peer-defects/resilience'], (path) => path.endsWith('.mjs'));
  return files.flatMap((path) =>
    [...read(path).matchAll(/^ +id: '([\w-]+)',\s+title:\s+['"](.+)['"],$/gm)].map(([, id = '', title = '']) => ({
      id,
      title,
    })),
  );
}

function testTitles(): Map<string, string[]> {
  const byId = new Map<string, string[]>();
  for (const path of projectFiles(['libs', 'apps', 'test'], (file) => file.endsWith('.spec.ts'))) {
    for (const [, , title = ''] of read(path).matchAll(/^ +(?:it|it\.each\(.*\))\(\s*(['"`])(\[\w+-.+)\1,/gm)) {
      const [, ids = '', behaviour = ''] = /^((?:\[[\w-]+\] ?)+)(.+)$/.exec(title) ?? [];
      for (const [, id = ''] of ids.matchAll(/\[([\w-]+)\]/g)) {
        byId.set(id, [...(byId.get(id) ?? []), behaviour.replaceAll('\\', '')]);
      }
    }
  }
  return byId;
}

function rowsOfPage(): Row[] {
  return [...read(PAGE).matchAll(/^\| `([\w-]+-\d+)` +\|(.+)\|(.+)\|$/gm)].map(
    ([, id = '', title = '', tests = '']) => [id, title.trim(), tests.trim()],
  );
}

describe('the defects of other resilience libraries', () => {
  const order = (one: { id: string }, other: { id: string }): number =>
    one.id.localeCompare(other.id, 'en', { numeric: true });
  const defects = scenarios().sort(order);
  const tests = testTitles();

  it('each have one scenario that shows them', () => {
    const numbered = (peer: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${peer}-${index + 1}`);
    expect(defects.map(({ id }) => id)).toEqual([
      ...numbered('cockatiel', 13),
      ...numbered('nestjs-resilience', 7),
      ...numbered('opossum', 10),
    ]);
  });

  it('each have a test of ours, whose title begins with their name', () => {
    expect(defects.map(({ id }) => id).filter((id) => !tests.has(id))).toEqual([]);
    expect([...tests.keys()].filter((id) => !defects.some((defect) => defect.id === id))).toEqual([]);
  });

  it(`are listed in ${PAGE} with the tests`, () => {
    const expected = defects.map(({ id, title }): Row => [id, title, (tests.get(id) ?? []).join('<br>')]);
    expect(rowsOfPage().sort(([one], [other]) => order({ id: one }, { id: other }))).toEqual(expected);
  });
});
