/** Holds the tarball of `npm run pack` to what publint and "are the types wrong" know about packages. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { name, version } = JSON.parse(readFileSync(join(root, 'libs/loose-coupling/package.json'), 'utf8'));
const tarball = join(root, 'dist', `${name}-${version}.tgz`);

if (!existsSync(tarball)) {
  console.error(`${tarball} is not there; run \`npm run pack\` first.`);
  process.exit(1);
}

const checks = [
  ['publint', 'run', tarball, '--strict'],
  ['attw', tarball, '--profile', 'strict', '--format', 'table-flipped'],
];
for (const [command, ...args] of checks) {
  const { status } = spawnSync(`npx --no-install ${command} ${args.map((arg) => JSON.stringify(arg)).join(' ')}`, {
    cwd: root,
    shell: true,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
