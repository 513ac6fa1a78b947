import { REFUSED, type CircuitBreakerMachine, type Permit } from '../core/breaker/circuit-breaker.port.js';
import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import type { AttemptContext } from './attempt.port.js';
import { AttemptSignal } from './attempt-signal.js';
import type { CallScope } from './call-scope.js';
import type { Cancellable, CancelSource } from './cancellable.js';
import { DeadlineNode } from './deadline-queue.js';
import type { FrameParts } from './frame-parts.js';
import type { PipelineEnvironment } from './policy-set.port.js';
import { stackless } from './stackless.js';

/** One attempt: what it holds, who may end it, and what the work may know of it. */
export class Attempt extends DeadlineNode implements AttemptContext, Cancellable, CancelSource {
  /** What it has acquired; emptied as it is given back. */
  breaker: CircuitBreakerMachine | undefined = undefined;
  permit: Permit = REFUSED;
  limiter: ConcurrencyLimiter | undefined = undefined;
  /** When the work began; 0 while no machine wants to know. */
  startedAt = 0;
  started = false;
  /** Whether the work itself was called: what is started may still wait further in. */
  hasBegun = false;
  /** Whether anything can end it before its work has settled. */
  isEndable: boolean;
  work: Promise<unknown> | undefined = undefined;

  /** Rejects what the frame awaits at the moment. */
  interrupt: ((reason: unknown) => void) | undefined = undefined;
  cancelled = false;
  byDeadline = false;
  reason: unknown = undefined;
  ended = false;
  /** Whether its work has settled, which may be long after it was given up. Then it is no part of what its context goes on to do. */
  isOver = false;
  /** Part of the answer is out. */
  answering = false;
  /** Its answer is of use to the caller only: a retry wants a better one, or a circuit counts it as a failure. */
  answeredPoorly = false;
  /** Work further in that was given up and still runs. */
  abandoned: Promise<unknown>[] | undefined = undefined;

  private children: Set<Cancellable> | undefined = undefined;
  private own: AttemptSignal | undefined = undefined;

  constructor(
    readonly attempt: number,
    private readonly environment: PipelineEnvironment,
    readonly parts: FrameParts,
    /** The call that it is an attempt of, when something can end that. */
    readonly scope: CallScope<Attempt> | undefined,
    /** The attempt of the layer around it in the same pipeline. */
    readonly outer: Attempt | undefined,
  ) {
    super();
    this.isEndable = scope !== undefined;
    if (scope !== undefined) scope.adopt(this);
  }

  get signal(): AbortSignal {
    return (this.own ?? this.makeSignal()).signal;
  }

  /** Whether a shutdown told the work to stop. */
  get stoppedByShutdown(): boolean {
    return !this.cancelled && this.own?.signal.aborted === true;
  }

  /** The work is called now. */
  begin(): void {
    this.hasBegun = true;
    if (this.scope !== undefined) this.scope.hasBegun = true;
    this.outer?.begin();
  }

  cancel(reason: unknown, byDeadline: boolean): void {
    if (this.cancelled || this.ended) return;
    this.cancelled = true;
    this.byDeadline = byDeadline;
    this.reason = reason;
    if (this.children !== undefined) for (const child of this.children) child.cancel(reason, byDeadline);
    this.own?.abort(reason);
    this.interrupt?.(reason);
  }

  expire(duration: number): void {
    this.cancel(
      stackless(() => {
        const { timeout, name } = this.parts;
        return new OperationTimeoutError(timeout?.name ?? name, duration, 'attempt', !this.hasBegun);
      }),
      true,
    );
  }

  get answerBegan(): () => void {
    return () => this.beginAnswer();
  }

  /** Nothing else can answer the call any more. What was given up answers nobody. */
  beginAnswer(): void {
    if (!this.cancelled && !this.ended && !this.answering) this.startAnswer();
  }

  /** Nothing can end it any more. */
  end(): void {
    this.ended = true;
    if (!this.cancelled || this.work === undefined) this.isOver = true;
    else this.awaitWork(this.work);
    this.interrupt = undefined;
    if (this.armedIn !== undefined) this.armedIn.disarm(this);
    if (this.scope !== undefined) this.scope.disown(this);
    if (this.own !== undefined) this.own.unwatchShutdown();
  }

  throwIfCancelled(): void {
    if (this.cancelled) throw this.reason;
  }

  adopt(child: Cancellable): void {
    (this.children ??= new Set()).add(child);
  }

  disown(child: Cancellable): void {
    this.children?.delete(child);
  }

  /** The frame goes on without the work; what is further out must not take it for settled. */
  abandon(work: Promise<unknown>): void {
    for (let attempt = this.outer; attempt !== undefined; attempt = attempt.outer) {
      (attempt.abandoned ??= []).push(work);
    }
  }

  protected startAnswer(): void {
    this.answering = true;
    if (this.armedIn !== undefined) this.armedIn.disarm(this);
    this.outer?.beginAnswer();
  }

  private awaitWork(work: Promise<unknown>): void {
    const over = (): void => void (this.isOver = true);
    work.then(over, over);
  }

  private makeSignal(): AttemptSignal {
    const own = (this.own = new AttemptSignal(this.environment.closing));
    if (this.cancelled) own.abort(this.reason);
    else if (!this.ended) own.watchShutdown();
    return own;
  }
}
