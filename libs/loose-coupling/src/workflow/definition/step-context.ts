/** What a step is given to work with. */
export interface StepContext<Input = unknown> {
  readonly workflowId: string;
  readonly input: Input;
  /** Results of the steps before, by name. Inside a for-each, those of its own round come first. */
  readonly results: Readonly<Record<string, unknown>>;
  /** In a for-each: the element of this round. */
  readonly item?: unknown;
  readonly index?: number;
}

/** What the effect of a step is given beside: it may be asked for again, after a failure or a crash. */
export interface EffectContext<Input = unknown> extends StepContext<Input> {
  /** The same for every attempt at this effect, in every process: give it to whoever must not do it twice. */
  readonly idempotencyKey: string;
  /** 1 for the first since the process took the workflow on. */
  readonly attempt: number;
  /** Aborted when the time of the attempt is over, the workflow is cancelled or the process shuts down. */
  readonly signal: AbortSignal;
}
