import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH } from './paths.mjs';

const FOLDER = join(BENCH, '.loose-coupling');

/** A path for a database file, on the disk of the project: a temporary folder is often memory. */
export function scratchFile() {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'run-'));
  return { path: join(folder, 'bench.db'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
