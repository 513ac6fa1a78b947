import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a command that must take effect once cannot be told from others. Nothing was run. */
export class CommandWithoutIdError extends LooseCouplingError {
  readonly code = 'LC_COMMAND_WITHOUT_ID';

  constructor(
    readonly command: string,
    came: unknown,
  ) {
    super(
      `${command}: the key of @IdempotentCommand must be a text that is not empty, got ${describe(came)}. Give each ` +
        'command an id where it is first made, keep it when the command is sent again, and name it in `key`.',
    );
  }
}

const describe = (came: unknown): string => (typeof came === 'string' ? JSON.stringify(came) : String(came));
