/**
 * What the work may know of the attempt it is. Handed to the function of `ResiliencePipeline.execute`; a decorated
 * method, whose arguments stay its own, asks `currentAttempt()`.
 */
export interface AttemptContext {
  /** 1 is the first. */
  readonly attempt: number;
  /**
   * Aborted when the attempt times out, loses to a hedge, is given up by the caller or by a shutdown; its reason says which.
   * Never aborted after the attempt has ended. Made when it is first asked for: most work never does.
   */
  readonly signal: AbortSignal;
  /**
   * For work that answers bit by bit: says that the first bit is out. From here on the attempt does not time out (the total limit
   * holds), no hedge is sent beside it, and its failure is final: it is not tried again, and no fallback answers.
   */
  readonly answerBegan: () => void;
}

/** The work of a pipeline. */
export type Work<T> = (context: AttemptContext) => PromiseLike<T> | T;

export interface ExecuteOptions {
  /** Gives the call up: waits end at once, nothing is tried again, the attempt's signal is aborted with the same reason. */
  readonly signal?: AbortSignal;
  /**
   * Which call this is, as work has no arguments to tell by: calls with the same key share an answer of the cache, and the circuit, bulkhead and
   * rate limit of policies that have one for each key. Without it the cache is passed by, and `key` functions of policies are asked with no
   * arguments.
   */
  readonly key?: string;
}
