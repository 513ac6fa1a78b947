import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown at start with `provision: 'validate'` when something on AWS is missing or different. */
export class TopologyMismatchError extends LooseCouplingError {
  readonly code = 'LC_TOPOLOGY_MISMATCH';

  constructor(readonly faults: readonly string[]) {
    super(
      `What is on AWS is not what the handlers need:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n` +
        "Make it with provision: 'create', or by hand.",
    );
  }
}
