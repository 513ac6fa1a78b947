/**
 * `npm test [-- jest arguments]`: runs jest and ends with `N passed, N failed`, all suites together.
 *
 * A test file that does not load counts as one failure, and so does anything that keeps jest from ending by itself: an
 * application that leaves a timer or a socket open is a defect of the library, so it is reported and not forced shut.
 *
 *   --soak   the long versions of the property and chaos tests (SOAK=1)
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Not the sign that a worker was slow to end: on a busy machine half a second is soon over.
const LEAK_SIGN = 'Jest did not exit one second after';
const GRACE_MS = 5_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const jest = join(dirname(require.resolve('jest/package.json')), 'bin/jest.js');
const folder = mkdtempSync(join(tmpdir(), 'loose-coupling-test-'));
const resultFile = join(folder, 'jest.json');
const args = process.argv.slice(2);
const soak = args.includes('--soak');

const { code, leak } = await runJest();
const { passed, failed, skipped } = counts(code, leak);
rmSync(folder, { recursive: true, force: true });

for (const name of skipped) console.log(`SKIPPED: ${name}`);
if (leak) console.log(`FAILED: something was left open (${leak}); find it with npx jest --detectOpenHandles <file>`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || code !== 0 ? 1 : 0;

function runJest() {
  const child = spawn(
    process.execPath,
    [jest, '--json', `--outputFile=${resultFile}`, ...args.filter((arg) => arg !== '--soak')],
    {
      cwd: root,
      env: {
        ...process.env,
        ...(soak && { SOAK: '1' }),
        ...(process.stderr.isTTY && !process.env.NO_COLOR && { FORCE_COLOR: '1' }),
      },
      // With --json jest reports on stderr; its stdout would only repeat the file.
      stdio: ['inherit', 'ignore', 'pipe'],
    },
  );
  let tail = '';
  let leak;
  child.stderr.setEncoding('utf8').on('data', (text) => {
    process.stderr.write(text);
    tail = (tail + text).slice(-1_000);
    if (leak) return;
    leak = tail.includes(LEAK_SIGN) ? LEAK_SIGN : undefined;
    if (leak) setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 1, leak })));
}

function counts(code, leak) {
  let result;
  try {
    result = JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
  const notLoaded = result.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = result.numFailedTests + notLoaded + (leak ? 1 : 0);
  return {
    passed: result.numPassedTests,
    // Whatever made jest fail without a failed test (no test found, a broken configuration) is a failure too.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'pending')
      .map(({ fullName }) => fullName),
  };
}
