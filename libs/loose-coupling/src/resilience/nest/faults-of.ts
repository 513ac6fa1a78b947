import { InvalidOptionsError, isLooseCouplingError } from '../../kernel/index.js';

/** What is wrong, in sentences; errors that are not about options go on. */
export function faultsOf(work: () => void): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.faults;
    if (isLooseCouplingError(error)) return [error.message];
    throw error;
  }
}
