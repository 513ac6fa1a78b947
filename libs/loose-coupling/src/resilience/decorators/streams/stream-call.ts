import { InvalidDecorationError } from '../../errors/invalid-decoration.error.js';
import { StreamAbandonedError } from '../../errors/stream-abandoned.error.js';
import { currentAttempt } from '../../pipeline/current-attempt.js';
import type { CompiledPipeline } from '../../pipeline/policy-set.port.js';

/** One call of a method that answers with a stream, not made yet. */
export interface StreamCall {
  /** `Class.method`. */
  readonly name: string;
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Calls the method itself. */
  open(): unknown;
  /** Asked when the stream is: a call that nobody listens to goes through no policy. */
  pipeline(): CompiledPipeline;
}

/** One attempt at a stream: what tells it to stop, and what it is to say with its first item. */
export interface StreamAttempt {
  readonly signal: AbortSignal;
  answerBegan(): void;
}

/** Policies that need the whole answer. */
const NOT_FOR_STREAMS: ReadonlySet<string> = new Set(['cache', 'hedge']);

/** The policies around one stream. */
export class StreamRun {
  private readonly abandoned = new AbortController();

  constructor(private readonly call: StreamCall) {}

  /**
   * Runs attempts; each resolves when its stream has ended, to the last item. Resolves to the same, or to what stands in for it.
   * Never throws.
   */
  async start(attempt: (attempt: StreamAttempt) => Promise<unknown>): Promise<unknown> {
    const { call, abandoned } = this;
    const pipeline = call.pipeline();
    const misplaced = pipeline.order.find((kind) => NOT_FOR_STREAMS.has(kind));
    if (misplaced) {
      throw new InvalidDecorationError(
        call.name,
        `"${misplaced}" does not work for a stream. Take it off, or out of the policy.`,
      );
    }
    const work = (): Promise<unknown> => {
      const current = currentAttempt();
      return attempt({ signal: current?.signal ?? abandoned.signal, answerBegan: () => current?.answerBegan() });
    };
    return pipeline.call(work, call.self, call.args, abandoned.signal);
  }

  /** Its consumer does not want it any more. */
  abandon(): void {
    this.abandoned.abort(new StreamAbandonedError(this.call.name));
  }
}
