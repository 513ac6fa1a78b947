import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside `cjs` and `esm`, where the package's build puts it; CommonJS in both builds, as only that knows where it is. */
export const readFunctionSource = (): string =>
  readFileSync(join(__dirname, '../../../lambda/circuit-breaker.js'), 'utf8');
