import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

const SUBJECTS = [
  {
    subject: 'resilience',
    page: 'docs/resilience-peers.md',
    counts: { cockatiel: 13, 'nestjs-resilience': 7, opossum: 10 },
  },
  {
    subject: 'event-sourcing',
    page: 'docs/event-sourcing-peers.md',
    counts: { castore: 2, 'equinox-js': 2, 'nestjs-cqrs': 4, ocoda: 2 },
  },
];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** One row a defect: its id, what goes wrong, and the tests that hold the library to the opposite. */
type Row = readonly [id: string, title: string, tests: string];

function scenarios(subject: string): { id: string; title: string }[] {
  const files = projectFiles([`bench/peer-defects/${subject}`], (path) => path.endsWith('.mjs'));
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

function rowsOfPage(page: string): Row[] {
  return [...read(page).matchAll(/^\| `([\w-]+-\d+)` +\|(.+)\|(.+)\|$/gm)].map(
    ([, id = '', title = '', tests = '']) => [id, title.trim(), tests.trim()],
  );
}

const tests = testTitles();
const order = (one: { id: string }, other: { id: string }): number =>
  one.id.localeCompare(other.id, 'en', { numeric: true });

describe.each(SUBJECTS)('the defects of other $subject libraries', ({ subject, page, counts }) => {
  const defects = scenarios(subject).sort(order);

  it('each have one scenario that shows them', () => {
    const numbered = Object.entries(counts).flatMap(([peer, count]) =>
      Array.from({ length: count }, (_, index) => `${peer}-${index + 1}`),
    );
    expect(defects.map(({ id }) => id)).toEqual(numbered);
  });

  it('each have a test of ours, whose title begins with their name', () => {
    expect(defects.map(({ id }) => id).filter((id) => !tests.has(id))).toEqual([]);
  });

  it(`are listed in ${page} with the tests`, () => {
    const expected = defects.map(({ id, title }): Row => [id, title, (tests.get(id) ?? []).join('<br>')]);
    expect(rowsOfPage(page).sort(([one], [other]) => order({ id: one }, { id: other }))).toEqual(expected);
  });
});

describe('a test that is named after a defect', () => {
  it('names one that a scenario shows', () => {
    const known = new Set(SUBJECTS.flatMap(({ subject }) => scenarios(subject)).map(({ id }) => id));
    expect([...tests.keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});
