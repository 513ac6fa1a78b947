import { LooseCouplingError } from '../../kernel/index.js';

/** The reason of an attempt's signal when nobody wants the stream any more: it was unsubscribed from, or its iteration ended early. Never thrown to a caller. */
export class StreamAbandonedError extends LooseCouplingError {
  readonly code = 'LC_STREAM_ABANDONED';

  constructor(readonly method: string) {
    super(`The stream of ${method} was given up by its consumer before it ended.`);
  }
}
