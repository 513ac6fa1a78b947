import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BENCH = fileURLToPath(new URL('..', import.meta.url));
export const WORKSPACE = join(BENCH, '..');
export const PACKAGE = join(WORKSPACE, 'dist', 'package');
export const RESULTS = join(BENCH, 'results');
