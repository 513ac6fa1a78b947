import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by `commit()` of an aggregate that belongs to no repository: its events would be lost. They were kept. */
export class DetachedAggregateError extends LooseCouplingError {
  readonly code = 'LC_DETACHED_AGGREGATE';

  constructor(
    readonly aggregate: string,
    readonly id: string,
  ) {
    super(
      `commit() of ${aggregate} "${id}" has nowhere to store its events, which are kept. Make it with create() of its ` +
        'AggregateRepository, load it from there, or pass it to save().',
    );
  }
}
