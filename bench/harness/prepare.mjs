import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, PACKAGE, WORKSPACE } from './paths.mjs';

const INSTALLED = join(BENCH, 'node_modules', 'nestjs-loose-coupling');

/** Installs the peers, which the workspace itself does not need, when their lockfile is newer than what is there. */
export function ensurePeers() {
  const installed = join(BENCH, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && modified(installed) >= modified(join(BENCH, 'package-lock.json'))) return;
  console.log('Installing the peers to compare with into bench/node_modules (first run, or their versions changed) …');
  npm(['ci', '--prefix', BENCH, '--no-audit', '--no-fund']);
}

/**
 * Builds the package when its sources are newer, unless one is given, and copies it beside the peers, so that it is imported by name,
 * through its exports, as a user does, and stays as it is when another build runs.
 */
export function ensureLibrary(folder = buildLibrary()) {
  rmSync(INSTALLED, { recursive: true, force: true });
  cpSync(folder, INSTALLED, { recursive: true });
  // It finds the workspace's Nest, not the older one that a peer brings along.
  symlinkSync(join(WORKSPACE, 'node_modules'), join(INSTALLED, 'node_modules'), 'junction');
}

function buildLibrary() {
  const built = join(PACKAGE, 'package.json');
  if (!existsSync(built) || newest(join(WORKSPACE, 'libs/loose-coupling')) > newest(PACKAGE)) {
    console.log('Building the package: its sources are newer than dist/package …');
    npm(['run', '--silent', 'build:lib']);
  }
  return PACKAGE;
}

function npm(args) {
  const { status } = spawnSync('npm', args, {
    cwd: WORKSPACE,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed with exit code ${status}.`);
}

const modified = (path) => statSync(path).mtimeMs;

function newest(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .reduce((latest, entry) => Math.max(latest, modified(join(entry.parentPath ?? entry.path, entry.name))), 0);
}
