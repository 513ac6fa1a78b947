import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown for a provisioning file that cannot be used. Each fault says line, path, what was expected and what came. */
export class InvalidConfigError extends LooseCouplingError {
  readonly code = 'LC_INVALID_CONFIG';

  constructor(
    readonly file: string,
    readonly faults: readonly string[],
  ) {
    super(`${file} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}
