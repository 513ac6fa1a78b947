import type { ExecuteOptions, Work } from './attempt.port.js';

/** Policies around any function. */
export class ResiliencePipeline {
  execute<T>(_work: Work<T>, _options?: ExecuteOptions): Promise<T> {
    throw new Error('not yet');
  }
}
