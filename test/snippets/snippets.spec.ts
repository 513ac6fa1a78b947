import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../support/run-command.js';
import { ROOT } from '../support/project-files.js';
import { composeSnippet } from './compose.js';
import { readSnippets } from './snippets.js';

const TSC = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
const RUN_MS = 30_000;

const snippets = readSnippets().map((snippet, index) => ({
  ...snippet,
  title: `${snippet.page}:${snippet.line}${snippet.name ? ` (${snippet.name})` : ''}`,
  file: `snippet-${index}.ts`,
  composed: composeSnippet(snippet),
}));

describe('the code in the documentation', () => {
  // Inside the repository, so that packages and the settings of the compiler are found.
  let folder: string;
  let errors: string[];

  beforeAll(async () => {
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    folder = mkdtempSync(join(ROOT, 'dist', 'snippets-'));
    for (const { file, composed } of snippets) writeFileSync(join(folder, file), composed.code);
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '../..', noUnusedLocals: false, noUnusedParameters: false, types: ['node'] },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { output } = await runCommand(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], ROOT, 120_000);
    errors = output.split('\n').filter((line) => line.includes('error TS'));
  }, 150_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is found', () => {
    expect(snippets.map(({ page }) => page)).toContain('README.md');
  });

  it.each(snippets)('$title compiles', ({ page, line, file, composed }) => {
    const place = new RegExp(`^dist/[^/]+/${file}\\((\\d+),\\d+\\): `);
    const found = errors.flatMap((error) => {
      const inFile = place.exec(error);
      if (!inFile) return [];
      const at = Number(inFile[1]) - composed.linesBefore;
      return [`${at > 0 ? `${page}:${line + at - 1}` : `prelude of ${page}`}: ${error.replace(place, '')}`];
    });
    expect(found).toEqual([]);
  });

  it('compiles without an error elsewhere', () => {
    expect(errors.filter((error) => !error.startsWith('dist/'))).toEqual([]);
  });

  it.each(snippets.filter(({ runs }) => runs))(
    '$title runs and its process ends by itself',
    async ({ file, prints }) => {
      const hook = join(ROOT, 'test/support/run-typescript.cjs');
      const { code, output } = await runCommand(
        process.execPath,
        ['--require', hook, join(folder, file)],
        ROOT,
        RUN_MS,
      );
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(prints ?? '') });
    },
    RUN_MS + 5_000,
  );
});
