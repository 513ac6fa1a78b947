import { LooseCouplingError } from './loose-coupling.error.js';

/** Thrown when an option asks for something whose package is not installed. */
export class MissingPackageError extends LooseCouplingError {
  readonly code = 'LC_MISSING_PACKAGE';

  constructor(packageName: string, neededBy: string, options?: ErrorOptions) {
    super(
      `${neededBy} needs the package "${packageName}", which could not be loaded. Run: npm install ${packageName}`,
      options,
    );
  }
}
