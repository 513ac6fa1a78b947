import { InvalidOptionsError } from '../../kernel/index.js';
import { AnswerCache, type Answer } from './answer-cache.js';
import type { CallScope } from './call-scope.js';
import { matchesError } from './error-matcher.js';
import type { FrameParts } from './frame-parts.js';
import type { FallbackPart, PipelineEnvironment } from './policy-set.port.js';
import type { Witness } from './witness.js';

/** Answers in place of the work: from memory, or by a fallback. */
export class Rescue {
  private readonly cache: AnswerCache | undefined;

  constructor(
    private readonly parts: FrameParts,
    private readonly environment: PipelineEnvironment,
    private readonly witness: Witness,
  ) {
    this.cache = parts.cache && (parts.cache.answers ?? new AnswerCache(parts.cache.options));
  }

  /** What the answers to a call are remembered by; undefined when they are not. */
  keyOf(args: readonly unknown[]): string | undefined {
    return this.cache?.keyOf(args);
  }

  /** An answer that makes asking unnecessary. */
  remembered(self: unknown, key: string | undefined): Answer | undefined {
    return this.cache?.fresh(self, key, this.environment.clock.monotonic());
  }

  remember(self: unknown, key: string | undefined, value: unknown): void {
    this.cache?.store(self, key, value, this.environment.clock.monotonic());
  }

  /**
   * What to answer instead of `error`: an old answer, or that of the first fallback in the chain that takes the error. When a
   * fallback fails, its own error goes on down the chain; what is left at its end is thrown.
   */
  async answer(
    error: unknown,
    self: unknown,
    args: readonly unknown[],
    key: string | undefined,
    scope: CallScope | undefined,
  ): Promise<unknown> {
    scope?.leaveDeadline();
    const old = this.stale(error, self, key);
    if (old !== undefined) return old.value;
    let unanswered = error;
    for (const part of this.parts.fallback ?? []) {
      if (!matchesError(part.on, unanswered)) continue;
      if (this.witness.isHeard) this.witness.tell({ type: 'fallback', policy: part.name, error: unanswered });
      try {
        return await promptly(scope, callFallback(part, unanswered, self, args));
      } catch (fallbackError) {
        if (scope?.cancelled) throw fallbackError;
        unanswered = fallbackError;
      }
    }
    throw unanswered;
  }

  private stale(error: unknown, self: unknown, key: string | undefined): Answer | undefined {
    const { cache, environment } = this;
    if (cache === undefined) return undefined;
    const now = environment.clock.monotonic();
    const answer = cache.stale(self, key, now);
    if (answer !== undefined && this.witness.isHeard) {
      this.witness.tell({
        type: 'stale',
        policy: this.parts.cache?.name ?? this.parts.name,
        error,
        age: now - answer.at,
      });
    }
    return answer;
  }
}

async function callFallback(
  { use, name }: FallbackPart,
  error: unknown,
  self: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const handler: unknown = typeof use === 'function' ? use : (self as Record<PropertyKey, unknown> | undefined)?.[use];
  if (typeof handler !== 'function') {
    const fault = `use: expected a function, or the name of a method of the same object, got ${String(use)}`;
    throw new InvalidOptionsError(`The fallback of "${name}"`, [fault], { cause: error });
  }
  return handler.call(self, error, ...args);
}

/** The fallback's answer, unless the caller gives up while it works. */
function promptly(scope: CallScope | undefined, answer: Promise<unknown>): Promise<unknown> {
  if (scope === undefined) return answer;
  return new Promise((resolve, reject) => {
    scope.adopt({ cancel: reject });
    answer.then(resolve, reject);
  });
}
