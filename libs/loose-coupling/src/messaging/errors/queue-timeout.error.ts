import { LooseCouplingError } from '../../kernel/index.js';

/** A call to a queue did not answer in time. Whether it took effect is unknown. */
export class QueueTimeoutError extends LooseCouplingError {
  readonly code = 'LC_QUEUE_TIMEOUT';

  constructor(operation: string, timeout: number) {
    super(
      `${operation} did not answer within ${timeout} ms; it will be tried again. Check that the transport is reachable.`,
    );
  }
}
