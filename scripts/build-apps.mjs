/** Builds the sample services side by side, into dist/apps; nothing else under dist is touched. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const nest = join(dirname(require.resolve('@nestjs/cli/package.json')), 'bin/nest.js');

const build = (app) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [nest, 'build', app], { cwd: root, stdio: 'inherit' });
    child.once('exit', (code) => resolve(code === 0));
  });

const built = await Promise.all(['order', 'inventory'].map(build));
process.exitCode = built.every(Boolean) ? 0 : 1;
