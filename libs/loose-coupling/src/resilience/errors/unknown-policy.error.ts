import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a registry is asked for a policy, a circuit or a bulkhead that it does not have. */
export class UnknownPolicyError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_POLICY';

  constructor(
    readonly subject: 'policy' | 'circuit' | 'bulkhead',
    readonly policy: string,
    readonly known: readonly string[],
    why = 'Nobody has configured or declared it',
  ) {
    super(
      `There is no ${subject} "${policy}". ${why}; known are: ${known.length > 0 ? known.join(', ') : 'none'}. ` +
        'Correct the name, or add it to resilience.policies of the options.',
    );
  }
}
