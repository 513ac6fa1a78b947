import { Admission } from './admission.js';
import { Attempt } from './attempt.js';
import { CallScope } from './call-scope.js';
import { disturb } from './chaos.js';
import { DeadlineQueue } from './deadline-queue.js';
import { enterAttempt } from './enter-attempt.js';
import type { FrameParts } from './frame-parts.js';
import { invoke } from './invoke.js';
import type { Layer, Method } from './layer.js';
import { pause } from './pause.js';
import type { PipelineEnvironment } from './policy-set.port.js';
import { race } from './race.js';
import { Rescue } from './rescue.js';
import { Retries } from './retries.js';
import { fail, succeed } from './settlement.js';
import { Witness } from './witness.js';

/**
 * The policies of one run of the canonical order in one asynchronous function: fallback › cache › total deadline › retry ›
 * breaker › rate limit › timeout › bulkhead › chaos › the method, or the layer further in. What is not there costs a comparison;
 * what waits is elsewhere.
 */
export class Frame implements Layer {
  private readonly admission: Admission;
  private readonly retries: Retries | undefined;
  private readonly witness: Witness;
  private readonly rescue: Rescue | undefined;
  private readonly mayHaveDeadline: boolean;
  private readonly entersContext: boolean;
  private readonly readsClock: boolean;
  private callDeadlines: DeadlineQueue | undefined = undefined;

  constructor(
    private readonly parts: FrameParts,
    private readonly environment: PipelineEnvironment,
    private readonly inner: Layer | undefined,
    /** Whether a layer of the same pipeline is around it. */
    private readonly nested: boolean,
  ) {
    const { retry, timeout, rateLimit, deadline } = parts;
    this.admission = new Admission(parts, environment);
    this.retries = retry && new Retries(retry, environment);
    this.witness = new Witness(parts, environment);
    if (parts.fallback !== undefined || parts.cache !== undefined) {
      this.rescue = new Rescue(parts, environment, this.witness);
    }
    this.mayHaveDeadline = deadline !== undefined || retry !== undefined;
    this.entersContext = nested || retry !== undefined || timeout !== undefined || deadline !== undefined;
    this.readsClock = timeout !== undefined || rateLimit !== undefined;
  }

  async run(
    method: Method,
    self: unknown,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
    parent: Attempt | undefined,
  ): Promise<unknown> {
    const { environment, parts, rescue } = this;
    const total = this.mayHaveDeadline ? this.totalTimeout() : undefined;
    const scope =
      signal !== undefined || parent !== undefined || total !== undefined
        ? this.openScope(signal, parent, total)
        : undefined;
    const outer = this.nested ? parent : undefined;
    let attempt: Attempt | undefined = undefined;
    // Made before the work, which may change what it is given.
    const key = rescue === undefined ? undefined : rescue.keyOf(args);
    try {
      const remembered = rescue === undefined ? undefined : rescue.remembered(self, key);
      if (remembered !== undefined) return remembered.value;
      for (let number = this.firstAttempt(outer), delay = 0; ; number++) {
        attempt = new Attempt(number, environment, parts, scope, outer);
        let result: unknown;
        try {
          const waiting = this.admission.admit(attempt, args, this.timeFor(number));
          if (waiting !== undefined) {
            await waiting;
            this.admission.afterWait(attempt);
          }
          attempt.started = true;
          const work = this.start(attempt, method, self, args, signal);
          attempt.work = work;
          result = attempt.isEndable ? await race(attempt, work) : await work;
        } catch (error) {
          fail(attempt, parts.circuitBreaker, environment, error);
          if (number === 1) this.retries?.firstFailed(attempt, error);
          delay = this.delayAfterError(attempt, error, delay, args);
          await pause(environment, scope, delay);
          continue;
        }
        succeed(attempt, parts.circuitBreaker, environment, result);
        if (number === 1) this.retries?.firstAnswered(attempt);
        const wantsBetter = this.retries?.wantsBetter(result, number) === true;
        const again = wantsBetter ? this.delayAfterResult(attempt, delay) : undefined;
        if (again === undefined) {
          if (wantsBetter) attempt.answeredPoorly = true;
          if (!attempt.answeredPoorly) rescue?.remember(self, key, result);
          else if (outer !== undefined) outer.answeredPoorly = true;
          return result;
        }
        delay = again;
        await pause(environment, scope, delay);
      }
    } catch (error) {
      if (scope?.hasExpired && this.witness.isHeard) this.witness.timedOut(error);
      if (rescue === undefined || attempt?.answering || scope?.isFinal) throw error;
      return await rescue.answer(error, self, args, key, scope);
    } finally {
      if (scope !== undefined) scope.close();
    }
  }

  private start(
    attempt: Attempt,
    method: Method,
    self: unknown,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const { inner, parts, environment } = this;
    const inContext = this.entersContext || signal !== undefined;
    const isDisturbed = parts.chaos !== undefined && environment.chaosEnabled();
    // What chaos does is done in the name of the work.
    if (inner === undefined || isDisturbed) attempt.begin();
    if (isDisturbed) {
      const proceed = (): Promise<unknown> => this.proceed(attempt, method, self, args, inContext);
      return disturb(parts.chaos, environment, attempt, proceed);
    }
    return inner === undefined && inContext
      ? enterAttempt(attempt, method, self, args)
      : this.proceed(attempt, method, self, args, inContext);
  }

  private proceed(
    attempt: Attempt,
    method: Method,
    self: unknown,
    args: readonly unknown[],
    inContext: boolean,
  ): Promise<unknown> {
    if (this.inner !== undefined) return this.inner.run(method, self, args, undefined, attempt);
    if (inContext) return enterAttempt(attempt, method, self, args);
    return invoke(method, self, args, attempt);
  }

  /** Throws the error unless there is to be another attempt. */
  private delayAfterError(attempt: Attempt, error: unknown, previous: number, args: readonly unknown[]): number {
    const { retries, witness } = this;
    const { scope, attempt: number } = attempt;
    if (witness.isHeard) witness.attemptFailed(attempt, error, args);
    // Who gave the attempt up from outside gave up the call. Before the work, only our own timeout may be tried again.
    if (retries === undefined || attempt.answering || scope?.cancelled || (!attempt.started && !attempt.hasExpired))
      throw error;
    const decision = retries.afterError(attempt, error, previous);
    if (witness.isHeard) witness.decided(decision, number, error);
    if (typeof decision !== 'number') throw error;
    return decision;
  }

  /** Undefined when there is to be no other attempt, and the result has to do. */
  private delayAfterResult({ scope, attempt, answering }: Attempt, previous: number): number | undefined {
    const decision = answering ? undefined : this.retries?.afterResult(scope, attempt, previous);
    if (decision === undefined) return undefined;
    if (this.witness.isHeard) this.witness.decided(decision, attempt, undefined);
    return typeof decision === 'number' ? decision : undefined;
  }

  private firstAttempt(outer: Attempt | undefined): number {
    return outer === undefined || this.retries !== undefined ? 1 : outer.attempt;
  }

  private timeFor(attempt: number): number {
    const isNeeded = this.readsClock || (attempt === 1 && this.parts.retry?.budget !== undefined);
    return isNeeded ? this.environment.clock.monotonic() : 0;
  }

  private totalTimeout(): number | undefined {
    const { deadline, retry } = this.parts;
    const total = deadline?.total;
    const retries = retry?.totalTimeout;
    return total === undefined || (retries !== undefined && retries < total) ? retries : total;
  }

  private openScope(
    signal: AbortSignal | undefined,
    parent: Attempt | undefined,
    total: number | undefined,
  ): CallScope<Attempt> {
    const { parts, environment } = this;
    const scope = new CallScope(parts, signal, parent, this.nested);
    scope.throwIfCancelled();
    if (total !== undefined) {
      if (this.callDeadlines?.duration !== total) this.callDeadlines = new DeadlineQueue(environment.clock, total);
      this.callDeadlines.arm(scope, environment.clock.monotonic());
    }
    return scope;
  }
}
