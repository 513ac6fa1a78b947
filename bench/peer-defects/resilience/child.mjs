import { spawn } from 'node:child_process';
import { BENCH } from '../../harness/paths.mjs';

/** Runs a program in a process of its own, beside the peers; its output has to be JSON, if it has any. */
export async function inChild(source) {
  const started = performance.now();
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', source], {
    cwd: BENCH,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`The process ended with exit code ${code}: ${output}`);
  return { milliseconds: performance.now() - started, result: output && JSON.parse(output) };
}
