import type { AttemptContext } from './attempt.port.js';
import { AttemptSignal } from './attempt-signal.js';
import type { PipelineEnvironment } from './policy-set.port.js';
import { ShutdownSignal } from './shutdown-signal.js';

const nothing = (): void => {};

/** What the work of a lean frame may know: it is the only attempt, and nothing but a shutdown can end it. */
export class LoneAttempt implements AttemptContext {
  private ended = false;
  private own: AttemptSignal | undefined = undefined;

  constructor(private readonly shutdown: PipelineEnvironment['shutdown']) {}

  get attempt(): number {
    return 1;
  }

  get signal(): AbortSignal {
    if (this.own === undefined) {
      this.own = new AttemptSignal(this.shutdown);
      if (!this.ended) this.own.watchShutdown();
    }
    return this.own.signal;
  }

  /** Whether a shutdown told the work to stop. */
  get stoppedByShutdown(): boolean {
    return this.own !== undefined && this.own.signal.aborted;
  }

  /** Nothing times out or is tried again, so nothing changes. */
  get answerBegan(): () => void {
    return nothing;
  }

  end(): void {
    this.ended = true;
    if (this.own !== undefined) this.own.unwatchShutdown();
  }
}

/**
 * Of work that is not handed its attempt. Also the one object of its shape that is always there: with the last, at a collection while no
 * call runs, V8 drops the code that it has optimized for the shape.
 */
export const NO_ATTEMPT = new LoneAttempt(new ShutdownSignal());
