import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../support/run-command.js';
import { transpileLibrary } from './transpile-library.js';

const ROOT = join(__dirname, '../..');

/** No figures, and no peers, which only `npm run bench` installs: that every case of ours still does its work. */
describe('npm run bench', () => {
  const library = mkdtempSync(join(tmpdir(), 'lc-bench-'));
  beforeAll(() => transpileLibrary(library));
  afterAll(() => rmSync(library, { recursive: true }));

  it.each([
    ['broker', ['Queue in memory', 'Queue on a file', 'From publish to the handler’s end, on a file', 'two processes']],
    ['event-sourcing', ['Append, in memory', 'Append, on SQLite', 'Rehydrate, on SQLite', 'the second call succeeds']],
    ['services', ['A GET over HTTP', '50 at once', 'Workflows', 'in memory']],
    ['resilience', ['One policy', 'four policies, as decorators', 'an open circuit refuses', 'timers of 100 circuits']],
  ])(
    'runs the suite %s to its end',
    async (suite, expected) => {
      const args = ['bench/run.mjs', suite, '--quick', '--without-peers', '--package', library];
      const { code, output } = await runCommand(process.execPath, args, ROOT, 100_000);
      expect({ code, output }).toMatchObject({ code: 0 });
      for (const text of expected) expect(output).toContain(text);
    },
    120_000,
  );
});
