import type { CircuitBreakerSettings } from '../../options/circuit-breaker.options.js';
import type { Permit } from './circuit-breaker.port.js';

interface Probe {
  readonly permit: Permit;
  readonly givenAt: number;
  /** Answers that had come when it was given: no more of them later means that nobody has answered since. */
  readonly answersBefore: number;
}

/**
 * The probes of one half-open period, and what they say.
 *
 * - At most `halfOpenCalls` less those that have succeeded are out at a time.
 * - After every answer: the trial has failed when the share of failed (of slow) probes among those that answered has reached
 *   `failureRateThreshold` (`slowCallRateThreshold`), or when `halfOpenCalls` probes have failed. A first probe that fails
 *   is 100 % and decides. The trial has succeeded when `halfOpenCalls` probes have succeeded.
 * - A probe holds its permit for `halfOpenMaxWait`. When it runs out and no other probe has answered since it was given, nobody
 *   answers, and the trial is over. When others have answered, it alone is lost, and another may probe in its place.
 * - What callers have waited for in vain before they gave up adds up until there is an answer: when it reaches `halfOpenMaxWait`, nobody
 *   answers either. Callers less patient than that could otherwise keep a circuit half-open for ever.
 * - A probe that waits in a queue of ours keeps its place, and its lease begins with the work.
 * - Waiting for callers is not waiting for an answer: a trial without probes has all the time in the world, so that a circuit with
 *   little traffic closes too.
 */
export class HalfOpenTrial {
  private readonly probes: Probe[] = [];
  /** Probes whose work has not begun, as they wait in a queue of ours. */
  private readonly suspended = new Set<Permit>();
  private answered = 0;
  /** Milliseconds, since the last answer. */
  private waitedInVain = 0;
  private failed = 0;
  private slow = 0;

  hasRoom(settings: CircuitBreakerSettings): boolean {
    return this.probes.length + this.suspended.size < settings.halfOpenCalls - (this.answered - this.failed);
  }

  give(permit: Permit, now: number): void {
    this.probes.push({ permit, givenAt: now, answersBefore: this.answered });
  }

  has(permit: Permit): boolean {
    return this.suspended.has(permit) || this.probes.some((probe) => probe.permit === permit);
  }

  suspend(permit: Permit): void {
    if (this.take(permit)) this.suspended.add(permit);
  }

  /** Its work begins now. */
  begin(permit: Permit, now: number): void {
    if (this.suspended.delete(permit)) this.give(permit, now);
  }

  /** Takes the permit back; false when it is none of these, or not any more. */
  take(permit: Permit): boolean {
    if (this.suspended.delete(permit)) return true;
    const at = this.probes.findIndex((probe) => probe.permit === permit);
    if (at < 0) return false;
    this.probes.splice(at, 1);
    return true;
  }

  /** The caller of a probe gave up. Returns whether nobody is to be expected to answer any more. */
  giveUp(permit: Permit, settings: CircuitBreakerSettings, now: number): boolean {
    const probe = this.probes.find((each) => each.permit === permit);
    if (!this.take(permit) || probe === undefined) return false;
    if (probe.answersBefore === this.answered) this.waitedInVain += now - probe.givenAt;
    return this.waitedInVain >= settings.halfOpenMaxWait;
  }

  answer(failed: boolean, slow: boolean): void {
    this.answered++;
    this.waitedInVain = 0;
    if (failed) this.failed++;
    if (slow) this.slow++;
  }

  verdict(settings: CircuitBreakerSettings): 'probes-succeeded' | 'probes-failed' | undefined {
    const { failureRateThreshold, slowCallRateThreshold, halfOpenCalls } = settings;
    if (this.failed >= halfOpenCalls || this.reached(this.failed, failureRateThreshold)) return 'probes-failed';
    if (slowCallRateThreshold !== undefined && this.reached(this.slow, slowCallRateThreshold)) return 'probes-failed';
    return this.answered - this.failed >= halfOpenCalls ? 'probes-succeeded' : undefined;
  }

  /** Takes leases that have run out. Returns when the trial was over for want of an answer, if it was. */
  expire(settings: CircuitBreakerSettings, now: number): number | undefined {
    for (;;) {
      const [oldest] = this.probes;
      if (oldest === undefined) return undefined;
      const until = oldest.givenAt + settings.halfOpenMaxWait;
      if (!(now >= until)) return undefined;
      if (oldest.answersBefore === this.answered) return until;
      this.probes.shift();
    }
  }

  /** Milliseconds until there is room, at the latest; undefined while all probes wait for their work to begin. */
  retryAfterMs(settings: CircuitBreakerSettings, now: number): number | undefined {
    const [oldest] = this.probes;
    if (this.hasRoom(settings)) return 0;
    return oldest && oldest.givenAt + settings.halfOpenMaxWait - now;
  }

  private reached(count: number, threshold: number): boolean {
    return count > 0 && count * 100 >= threshold * this.answered;
  }
}
