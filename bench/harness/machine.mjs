import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { BENCH, WORKSPACE } from './paths.mjs';

/** What the figures depend on and a reader cannot see. */
export function describeMachine(packages) {
  const processors = cpus();
  return {
    cpu: `${processors.length} × ${processors[0]?.model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()}, ${process.arch}`,
    node: `${process.version} (V8 ${process.versions.v8})`,
    loadAverage: loadavg().map((load) => load.toFixed(2)),
    commit:
      git(['rev-parse', '--short', 'HEAD']) + (git(['status', '--porcelain', '--', 'libs']) ? ' + local changes' : ''),
    versions: {
      'nestjs-loose-coupling': versionIn(join(BENCH, 'node_modules', 'nestjs-loose-coupling')),
      ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
      ...(packages.includes('libsql') ? { SQLite: sqliteVersion() } : {}),
    },
  };
}

const readPackage = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const versionIn = (folder) => readPackage(folder).version;

function versionOf(name) {
  const peer = join(BENCH, 'node_modules', name);
  return versionIn(existsSync(peer) ? peer : join(WORKSPACE, 'node_modules', name));
}

function sqliteVersion() {
  const Database = createRequire(join(WORKSPACE, 'package.json'))('libsql');
  const database = new Database(':memory:');
  const { version } = database.prepare('SELECT sqlite_version() AS version').get();
  database.close();
  return version;
}

function git(args) {
  try {
    return execFileSync('git', args, { cwd: WORKSPACE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
