import { isAbsolute, join, resolve } from 'node:path';

/** Folder of the embedded files: `LOOSE_COUPLING_DATA_DIR`, by default `.loose-coupling` in the working directory. */
export const dataDirectory = (): string => resolve(process.env['LOOSE_COUPLING_DATA_DIR'] || '.loose-coupling');

/** Absolute path of a data file: relative names lie in the data directory; `:memory:` and absolute paths stay. */
export function resolveDataFile(name: string): string {
  return name === ':memory:' || isAbsolute(name) ? name : join(dataDirectory(), name);
}
