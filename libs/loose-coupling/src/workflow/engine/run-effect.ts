import { backoffDelay, sleep, type Clock } from '../../kernel/index.js';
import type { EffectContext, StepContext } from '../definition/step-context.js';
import type { StepRetry } from '../definition/workflow-step.js';
import { StepTimeoutError } from '../errors/step-timeout.error.js';

const DEFAULT_TIMEOUT_MS = 30_000;

export interface Effect {
  readonly path: string;
  readonly context: StepContext;
  readonly idempotencyKey: string;
  readonly retry: StepRetry | undefined;
  readonly timeoutMs: number | undefined;
  readonly run: (context: EffectContext) => unknown;
}

/** Attempts until one succeeds, no attempt is left, or `signal` is aborted: then its reason is thrown. */
export async function runEffect(effect: Effect, clock: Clock, signal: AbortSignal): Promise<unknown> {
  const { attempts = 3, initialDelayMs = 200, maxDelayMs = 30_000 } = effect.retry ?? {};
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(effect, attempt, clock, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (attempt >= attempts) throw error;
      const delay = backoffDelay(attempt, { initialDelay: initialDelayMs, maxDelay: maxDelayMs, jitter: 'equal' });
      await sleep(clock, delay, signal);
    }
  }
}

async function once(effect: Effect, attempt: number, clock: Clock, outer: AbortSignal): Promise<unknown> {
  outer.throwIfAborted();
  const { path, context, idempotencyKey, timeoutMs = DEFAULT_TIMEOUT_MS } = effect;
  const own = new AbortController();
  const end = () => own.abort(outer.reason);
  outer.addEventListener('abort', end, { once: true });
  const timer = clock.setTimer(() => own.abort(new StepTimeoutError(path, timeoutMs)), timeoutMs);
  try {
    const aborted = new Promise<never>((_, reject) => {
      own.signal.addEventListener('abort', () => reject(own.signal.reason as Error), { once: true });
    });
    const work = Promise.resolve(effect.run({ ...context, idempotencyKey, attempt, signal: own.signal }));
    return await Promise.race([work, aborted]);
  } finally {
    timer.cancel();
    outer.removeEventListener('abort', end);
  }
}
