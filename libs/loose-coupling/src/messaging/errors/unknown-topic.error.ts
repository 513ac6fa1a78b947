import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown for a topic that was never made. */
export class UnknownTopicError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_TOPIC';

  constructor(
    readonly topic: string,
    options?: ErrorOptions,
  ) {
    super(
      `There is no topic "${topic}". Create it before subscribing or publishing to it, or check the name.`,
      options,
    );
  }
}
