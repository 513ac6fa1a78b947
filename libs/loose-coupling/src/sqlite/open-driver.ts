import { MissingPackageError } from '../kernel/index.js';
import { type Driver, loadDriver } from './driver.cjs';

/** @throws {MissingPackageError} when the `libsql` package is not installed */
export function openDriver(): Driver {
  try {
    return loadDriver();
  } catch (error) {
    throw new MissingPackageError('libsql', 'A SQLite file', { cause: error });
  }
}
