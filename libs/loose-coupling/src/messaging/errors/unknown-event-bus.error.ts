import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown for an event bus that was never made. */
export class UnknownEventBusError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_EVENT_BUS';

  constructor(
    readonly bus: string,
    options?: ErrorOptions,
  ) {
    super(
      `There is no event bus "${bus}". Create it before putting rules or events on it, or check the name.`,
      options,
    );
  }
}
