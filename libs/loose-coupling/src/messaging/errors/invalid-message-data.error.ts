import { LooseCouplingError } from '../../kernel/index.js';

/** One thing that is wrong with the data of a message. Holds no values of the data. */
export interface DataIssue {
  /** Dotted; empty for the data as a whole. */
  readonly path: string;
  readonly message: string;
}

const LISTED = 20;

/** Thrown when the data of a message does not fit its contract's schema. A retry cannot help. */
export class InvalidMessageDataError extends LooseCouplingError {
  readonly code = 'LC_INVALID_MESSAGE_DATA';

  constructor(
    readonly subject: string,
    readonly issues: readonly DataIssue[],
  ) {
    const lines = issues.slice(0, LISTED).map(({ path, message }) => `  - ${path ? `${path}: ` : ''}${message}`);
    if (issues.length > LISTED) lines.push(`  … and ${issues.length - LISTED} more`);
    super(`The ${subject} does not fit its schema, ${issues.length} issue(s):\n${lines.join('\n')}`);
  }
}
