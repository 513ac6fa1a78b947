import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a request got no reply in time. It may still have been, or be, carried out. */
export class RequestTimeoutError extends LooseCouplingError {
  readonly code = 'LC_REQUEST_TIMEOUT';

  constructor(
    readonly type: string,
    readonly queue: string,
    readonly timeout: number,
  ) {
    super(
      `No reply to "${type}" came within ${timeout} ms. Is a service running that handles it from the queue "${queue}"? ` +
        'The request may still have been carried out; a later reply is ignored.',
    );
  }
}
