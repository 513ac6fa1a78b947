import type { MessageContract } from '../../messaging/index.js';
import type { EffectContext, StepContext } from './step-context.js';

/** A fixed value, or one that is computed; computing it must have no effect, as it may be done again. */
export type Computed<Input, Value> = Value | ((context: StepContext<Input>) => Value);

/** Data as JSON has it. */
export type StepData = string | number | boolean | null | object;

export interface StepRetry {
  /** Attempts in all. Default 3. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubles each time, with jitter. Default 200. */
  readonly initialDelayMs?: number;
  /** Milliseconds. Default 30,000. */
  readonly maxDelayMs?: number;
}

interface NamedStep {
  /** Unique in the workflow. Results are found by it, and what was done is recognised by it after a crash. */
  readonly name: string;
}

interface EffectStep extends NamedStep {
  /** Whether the workflow fails with it. Default true. */
  readonly required?: boolean;
  readonly retry?: StepRetry;
  /** Of one attempt. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Any work. What it returns is stored: JSON data. */
export interface TaskStep<Input = unknown> extends EffectStep {
  readonly kind: 'task';
  readonly run: (context: EffectContext<Input>) => Promise<unknown> | unknown;
  /** Undoes it when a later step fails. Gets its result as `results[name]`. */
  readonly compensate?: (context: EffectContext<Input>) => Promise<unknown> | unknown;
}

export interface ServiceRequest<Input = unknown> {
  readonly service: string;
  /** Default: the step's name. */
  readonly operation?: string;
  readonly request?: Computed<Input, StepData>;
}

/** Asks a configured service, and waits for its answer. The idempotency key goes along. */
export interface ServiceStep<Input = unknown> extends EffectStep, ServiceRequest<Input> {
  readonly kind: 'service';
  readonly compensate?: ServiceRequest<Input>;
}

/** Sends a command or publishes an event, in the same write that says so: once stored it leaves, and it leaves once. */
export interface MessageStep<Input = unknown> extends NamedStep {
  readonly kind: 'message';
  readonly contract: MessageContract;
  readonly data: Computed<Input, StepData>;
  readonly required?: boolean;
  /** Message that takes it back when a later step fails. */
  readonly compensate?: { readonly contract: MessageContract; readonly data: Computed<Input, StepData> };
}

export interface DelayStep<Input = unknown> extends NamedStep {
  readonly kind: 'delay';
  /** Milliseconds from when the step is reached; a crash does not begin them again. */
  readonly ms: Computed<Input, number>;
}

/** Waits for `orchestrator.signal(workflowId, signal, data)`; its result is the data. One signal serves one wait. */
export interface WaitStep extends NamedStep {
  readonly kind: 'wait';
  /** Default: the step's name. */
  readonly signal?: string;
  /** Milliseconds. Default: for ever. */
  readonly timeoutMs?: number;
  /** Whether the workflow fails when the time is over. Default true. */
  readonly required?: boolean;
}

/** All branches side by side; it ends when all have ended, and fails with the first that failed. */
export interface ParallelStep<Input = unknown> extends NamedStep {
  readonly kind: 'parallel';
  readonly branches: readonly (readonly WorkflowStep<Input>[])[];
}

/** One of several ways; none when what is chosen is not there. */
export interface ChoiceStep<Input = unknown> extends NamedStep {
  readonly kind: 'choice';
  readonly choose: (context: StepContext<Input>) => string;
  readonly branches: Readonly<Record<string, readonly WorkflowStep<Input>[]>>;
}

/** The same steps for each element; its result is the list of the last step's results. */
export interface ForEachStep<Input = unknown> extends NamedStep {
  readonly kind: 'forEach';
  readonly items: Computed<Input, readonly unknown[]>;
  readonly steps: readonly WorkflowStep<Input>[];
  /** Elements at a time. Default 1. */
  readonly concurrency?: number;
}

export type WorkflowStep<Input = unknown> =
  | TaskStep<Input>
  | ServiceStep<Input>
  | MessageStep<Input>
  | DelayStep<Input>
  | WaitStep
  | ParallelStep<Input>
  | ChoiceStep<Input>
  | ForEachStep<Input>;
