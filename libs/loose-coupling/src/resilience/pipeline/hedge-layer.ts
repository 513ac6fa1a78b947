import type { Timer } from '../../kernel/index.js';
import { isKnownNotStarted } from '../core/retry/is-known-not-started.js';
import { HedgeLostError } from '../errors/hedge-lost.error.js';
import { RejectionError } from '../errors/rejection.error.js';
import type { Attempt } from './attempt.js';
import type { Cancellable } from './cancellable.js';
import type { FrameParts } from './frame-parts.js';
import { HedgeLeg } from './hedge-leg.js';
import type { Layer, Method } from './layer.js';
import type { HedgePart, PipelineEnvironment } from './policy-set.port.js';
import { stackless } from './stackless.js';
import { Witness } from './witness.js';

/** Sends the call a second time beside a slow first one, and answers with what comes first. Between two frames. */
export class HedgeLayer implements Layer {
  readonly witness: Witness;

  constructor(
    readonly part: HedgePart,
    readonly parts: FrameParts,
    readonly environment: PipelineEnvironment,
    readonly inner: Layer,
  ) {
    this.witness = new Witness(parts, environment);
  }

  run(
    method: Method,
    self: unknown,
    args: readonly unknown[],
    _signal: AbortSignal | undefined,
    parent: Attempt,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      new HedgedCall(
        this,
        (leg) => this.inner.run(method, self, args, undefined, leg),
        parent,
        resolve,
        reject,
      ).start();
    });
  }
}

class HedgedCall implements Cancellable {
  private readonly running = new Set<HedgeLeg>();
  private timer: Timer | undefined;
  private started = 0;
  private counted = false;
  private error: unknown = undefined;

  constructor(
    private readonly layer: HedgeLayer,
    private readonly send: (leg: HedgeLeg) => Promise<unknown>,
    private readonly parent: Attempt,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  start(): void {
    this.parent.adopt(this);
    this.sendNext();
  }

  cancel(reason: unknown, byDeadline: boolean): void {
    this.count();
    this.end();
    for (const leg of this.running) leg.cancel(reason, byDeadline);
    this.reject(reason);
  }

  private sendNext(): void {
    const { part, parts, environment } = this.layer;
    this.started += 1;
    // Counted on over the retries around it, so that no two attempts of a call have the same number.
    const number = (this.parent.attempt - 1) * part.maxAttempts + this.started;
    const leg = new HedgeLeg(number, environment, parts, this.parent, this.stayWith);
    this.running.add(leg);
    this.send(leg).then(
      (value) => this.won(leg, value),
      (error: unknown) => this.failed(leg, error),
    );
    if (this.started < part.maxAttempts && !leg.answering) {
      this.timer = environment.clock.setTimer(() => this.hedge(), part.delay, { unref: true });
    }
  }

  /** A budget that is used up only means that nothing is sent beside what runs. */
  private hedge(): void {
    const { part, environment, witness } = this.layer;
    if (environment.shutdown.reason !== undefined) return;
    this.count();
    if (part.budget !== undefined && !part.budget.tryWithdraw(environment.clock.monotonic())) return;
    if (witness.isHeard) witness.tell({ type: 'hedge', policy: part.name, attempt: this.started + 1 });
    this.sendNext();
  }

  private won(leg: HedgeLeg, value: unknown): void {
    if (!this.running.delete(leg)) return;
    this.count();
    this.end();
    this.giveUpOthers();
    if (leg.answeredPoorly) this.parent.answeredPoorly = true;
    this.resolve(value);
  }

  /** A failure is no reason to send another: that is for retries to decide, once nothing runs that may still answer. */
  private failed(leg: HedgeLeg, error: unknown): void {
    if (!this.running.delete(leg)) return;
    const sent = !wasNotSent(leg, error);
    if (sent) this.count();
    // A request that was not sent must not hide what became of one that was.
    if (this.error === undefined || sent) this.error = error;
    if (this.running.size > 0) return;
    this.end();
    this.reject(this.error);
  }

  /** Part of its answer is out, so it is this one, or none. */
  private readonly stayWith = (leg: HedgeLeg): void => {
    if (!this.running.delete(leg)) return;
    this.timer?.cancel();
    this.giveUpOthers();
    this.running.add(leg);
  };

  /** A budget is a share of the calls that were let through: a refused one pays for none. */
  private count(): void {
    if (this.counted || !this.parent.hasBegun) return;
    this.counted = true;
    this.layer.part.budget?.deposit(this.layer.environment.clock.monotonic());
  }

  private giveUpOthers(): void {
    if (this.running.size === 0) return;
    const reason = stackless(() => new HedgeLostError(this.layer.part.name));
    for (const loser of this.running) {
      this.running.delete(loser);
      loser.cancel(reason, false);
    }
  }

  private end(): void {
    this.timer?.cancel();
    this.parent.disown(this);
  }
}

const wasNotSent = (leg: HedgeLeg, error: unknown): boolean =>
  !leg.hasBegun || error instanceof RejectionError || isKnownNotStarted(error);
