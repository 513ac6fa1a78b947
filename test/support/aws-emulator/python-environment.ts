import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './with-lock.js';

const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nestjs-loose-coupling', 'python');
const WINDOWS = process.platform === 'win32';
const INSTALL_TIMEOUT = 240_000;
/** What kept a package from being installed, so that a worker finds out once. */
const failures = new Map<string, unknown>();

const run = (command: string, args: readonly string[], timeout = 10_000): string =>
  execFileSync(command, args, { encoding: 'utf8', timeout, stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Python with this package, e.g. `ministack==1.5.33`, in a virtual environment of its own. Made once per user and
 * machine, in the user's cache; jest workers that start together wait for the first.
 * @throws where there is no Python, or the package cannot be had
 */
export function pythonWith(requirement: string): string {
  if (failures.has(requirement)) throw failures.get(requirement);
  try {
    return findOrMake(requirement);
  } catch (error) {
    failures.set(requirement, error);
    throw error;
  }
}

function findOrMake(requirement: string): string {
  const system = WINDOWS ? 'python' : 'python3';
  const version = run(system, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).trim();
  const folder = join(CACHE, `${requirement.replace(/[^\w.]+/g, '-')}-python${version}`);
  const python = join(folder, WINDOWS ? 'Scripts/python.exe' : 'bin/python');
  // Written last, so that an installation that was cut short is made anew.
  const complete = join(folder, 'complete');
  const usable = () => existsSync(complete) && existsSync(python);
  if (usable()) return python;
  return withLock(`${folder}.lock`, () => {
    if (usable()) return python;
    rmSync(folder, { recursive: true, force: true });
    run(system, ['-m', 'venv', folder], INSTALL_TIMEOUT);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement], INSTALL_TIMEOUT);
    writeFileSync(complete, '');
    return python;
  });
}
