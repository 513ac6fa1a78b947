import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a queue is asked for as FIFO and is there as a standard queue, or the other way round. */
export class QueueMismatchError extends LooseCouplingError {
  readonly code = 'LC_QUEUE_MISMATCH';

  constructor(queue: string, wanted: { fifo: boolean }) {
    super(
      `The queue "${queue}" is there as a ${wanted.fifo ? 'standard' : 'FIFO'} queue, and a ` +
        `${wanted.fifo ? 'FIFO' : 'standard'} queue was asked for. A queue cannot change its kind: use another name, or delete it first.`,
    );
  }
}
