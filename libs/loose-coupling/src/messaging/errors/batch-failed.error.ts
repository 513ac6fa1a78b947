import { LooseCouplingError } from '../../kernel/index.js';
import type { BatchFailure } from '../batch/batch-options.js';

/** To be thrown by a handler of batches: says which messages failed; the others of the batch are done. */
export class BatchFailedError extends LooseCouplingError {
  readonly code = 'LC_BATCH_FAILED';

  constructor(readonly failures: readonly BatchFailure[]) {
    super(`${failures.length} messages of a batch failed. They come again; the others are done.`);
  }
}
