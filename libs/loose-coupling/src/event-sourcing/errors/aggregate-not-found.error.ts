import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an aggregate is loaded that has no events. */
export class AggregateNotFoundError extends LooseCouplingError {
  readonly code = 'LC_AGGREGATE_NOT_FOUND';

  constructor(
    readonly aggregate: string,
    readonly id: string,
  ) {
    super(
      `There is no ${aggregate} "${id}": its stream has no events. Use find() or loadOrCreate(), or execute() with ` +
        '`create: true`, where it may be new.',
    );
  }
}
