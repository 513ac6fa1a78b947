import type { Attempt } from './attempt.js';
import { pause } from './pause.js';
import type { ChaosPart, PipelineEnvironment } from './policy-set.port.js';

const DEFAULT_RATE = 0.1;

/** The work, in a share of the calls delayed or replaced on purpose. */
export async function disturb(
  { options }: ChaosPart,
  environment: PipelineEnvironment,
  attempt: Attempt,
  proceed: () => Promise<unknown>,
): Promise<unknown> {
  if (environment.random() >= (options.rate ?? DEFAULT_RATE)) return proceed();
  if (options.latency !== undefined) {
    await pause(environment, attempt, options.latency);
    attempt.throwIfCancelled();
  }
  if (options.fault !== undefined) throw options.fault();
  return options.outcome === undefined ? proceed() : options.outcome();
}
