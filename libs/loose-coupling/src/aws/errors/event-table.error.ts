import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when the table of events is missing, or is not laid out as it must be. */
export class EventTableError extends LooseCouplingError {
  readonly code = 'LC_EVENT_TABLE';

  constructor(
    readonly table: string,
    came: string,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot keep events in the DynamoDB table "${table}": it ${came}. It needs the partition key "pk" (S), the sort ` +
        'key "sk" (N) and an index "pending" on "pend" (S) and "pts" (N); create it, or set provision: \'create\'.',
      options,
    );
  }
}
