import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './with-lock.js';

const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nestjs-loose-coupling', 'npm');
const WINDOWS = process.platform === 'win32';
const DOWNLOAD_TIMEOUT = 240_000;

/**
 * A folder of an npm package, e.g. `emulator` of `amplify-dynamodb-simulator@2.9.30`, without what the package depends on.
 * Fetched once per user and machine, into the user's cache; jest workers that start together wait for the first.
 * @throws where the package cannot be had
 */
export function folderOfPackage(specification: string, folder: string): string {
  const home = join(CACHE, specification.replace(/[^\w.]+/g, '-'));
  // Written last, so that a download that was cut short is made anew.
  const complete = join(home, 'complete');
  const unpacked = join(home, 'package', folder);
  if (existsSync(complete)) return unpacked;
  return withLock(`${home}.lock`, () => {
    if (existsSync(complete)) return unpacked;
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    run('npm', ['pack', '--silent', '--ignore-scripts', specification], home);
    const [tarball = ''] = readdirSync(home);
    run('tar', ['-xzf', tarball, `package/${folder}`], home);
    rmSync(join(home, tarball));
    writeFileSync(complete, '');
    return unpacked;
  });
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, {
    cwd,
    timeout: DOWNLOAD_TIMEOUT,
    stdio: ['ignore', 'ignore', 'pipe'],
    // npm is a script there, which only a shell runs.
    ...(WINDOWS && command === 'npm' && { shell: true }),
  });
}
