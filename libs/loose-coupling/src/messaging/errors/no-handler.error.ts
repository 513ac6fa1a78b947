import { LooseCouplingError } from '../../kernel/index.js';

/** The reason of a dead letter whose type has no handler on the queue it arrived on. */
export class NoHandlerError extends LooseCouplingError {
  readonly code = 'LC_NO_HANDLER';

  constructor(
    readonly type: string,
    readonly queue: string,
    known: readonly string[],
  ) {
    super(
      `No handler of "${type}" receives from the queue "${queue}"; it has handlers of ${known.join(', ') || 'nothing'}. ` +
        'Add a handler, or stop sending the message there; then redrive the dead letter.',
    );
  }
}
