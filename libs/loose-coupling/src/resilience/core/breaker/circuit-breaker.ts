import type { CircuitBreakerSettings } from '../../options/circuit-breaker.options.js';
import type { Outcome } from '../outcome.js';
import type { CallWindow } from './call-window.js';
import {
  REFUSED,
  type CircuitBreakerMachine,
  type CircuitSnapshot,
  type CircuitState,
  type CircuitTransition,
  type Permit,
  type TransitionReason,
} from './circuit-breaker.port.js';
import { CountWindow } from './count-window.js';
import { HalfOpenTrial } from './half-open-trial.js';
import { openDurationOf } from './open-duration.js';
import { TimeWindow } from './time-window.js';

/** What a breaker tells and asks. A hook that throws is a hook that said nothing: no call ever sees its error. */
export interface CircuitBreakerHooks {
  onTransition?(transition: CircuitTransition): void;
  /** Asked when an open circuit would become half-open; false: stay open for now, because another process probes. */
  mayProbe?(now: number): boolean;
}

/** A permit that is released to nobody: `disabled` counts nothing. */
const UNCOUNTED: Permit = -1;

/**
 * A circuit breaker. A permit is the number of its period, so that of calls begun earlier nothing is counted later; a probe's
 * permit is a negative number of its own, good for one release. (A closed circuit cannot tell a second release from a call.)
 *
 * Rates are judged when a failed or a slow call is counted: a quick success never opens a circuit. An open circuit becomes half-open
 * with a call that may probe, not by being looked at; `retryAfterMs` is 0 from the time on when such a call is let through. How a
 * half-open circuit decides is said at `HalfOpenTrial`. That nobody answers its probes takes effect when it happens, whenever
 * somebody looks next: the circuit has then been open since.
 */
export class CircuitBreaker implements CircuitBreakerMachine {
  private current: CircuitState = 'closed';
  /** 1 at the start, because 0 is no permit. */
  private generation = 1;
  private clocked = false;
  private timed = false;
  private timesOpenedInRow = 0;
  private openUntil = 0;
  private probeDenied = false;
  private trial: HalfOpenTrial | undefined = undefined;
  private lastProbe = UNCOUNTED;
  private window: CallWindow;
  private slowAfter: number;
  private consecutiveFailures = 0;
  private succeeded = 0;
  private failed = 0;
  private ignored = 0;
  private refused = 0;

  constructor(
    private settings: CircuitBreakerSettings,
    private readonly hooks: CircuitBreakerHooks = {},
  ) {
    this.window = createWindow(settings);
    this.slowAfter = slowAfter(settings);
    this.askForTime();
  }

  get usesTime(): boolean {
    return this.clocked;
  }

  get timesCalls(): boolean {
    return this.timed;
  }

  get timesOpened(): number {
    return this.timesOpenedInRow;
  }

  tryAcquire(now: number): Permit {
    return this.current === 'closed' ? this.generation : this.tryAcquireUnlessClosed(now);
  }

  suspend(permit: Permit): void {
    this.trial?.suspend(permit);
  }

  renew(permit: Permit, now: number): Permit {
    this.settle(now);
    this.trial?.begin(permit, now);
    return this.isGood(permit) ? permit : this.tryAcquire(now);
  }

  release(permit: Permit, outcome: Outcome, now: number, startedAt: number): void {
    if (permit === this.generation) this.count(outcome, now, startedAt);
    else if (permit < UNCOUNTED) this.countProbe(permit, outcome, now, startedAt);
  }

  retryAfterMs(now: number): number | undefined {
    this.settle(now);
    if (this.current === 'forced-open') return undefined;
    if (this.trial) return this.trial.retryAfterMs(this.settings, now);
    if (this.current !== 'open') return 0;
    if (now < this.openUntil) return this.openUntil - now;
    return this.probeDenied ? undefined : 0;
  }

  state(now: number): CircuitState {
    this.settle(now);
    return this.current;
  }

  snapshot(now: number): CircuitSnapshot {
    const state = this.state(now);
    const { window, settings } = this;
    window.advance(now);
    const { calls, failures, slowCalls } = window;
    const judged = calls >= settings.minimumCalls;
    return {
      state,
      generation: this.generation,
      calls,
      failures,
      slowCalls,
      failureRate: judged ? (failures * 100) / calls : undefined,
      slowCallRate: judged && settings.slowCallRateThreshold !== undefined ? (slowCalls * 100) / calls : undefined,
      consecutiveFailures: this.consecutiveFailures,
      retryAfterMs: state === 'open' ? this.retryAfterMs(now) : undefined,
      totals: { succeeded: this.succeeded, failed: this.failed, ignored: this.ignored, refused: this.refused },
    };
  }

  forceOpen(now: number): void {
    this.setByHand('forced-open', now);
  }

  disable(now: number): void {
    this.setByHand('disabled', now);
  }

  metricsOnly(now: number): void {
    this.setByHand('metrics-only', now);
  }

  close(now: number): void {
    this.settle(now);
    this.move('closed', 'by-hand');
  }

  resume(now: number): void {
    if (!this.isSetByHand()) return;
    if (this.timesOpenedInRow === 0) this.move('closed', 'by-hand');
    else this.move('open', 'by-hand', Math.max(0, this.openUntil - now));
  }

  openFor(openFor: number, now: number, timesOpened = 0): void {
    this.settle(now);
    if (this.isSetByHand() || !(openFor > 0 && Number.isFinite(openFor))) return;
    if (this.current === 'open') {
      this.openUntil = Math.max(this.openUntil, now + openFor);
      this.timesOpenedInRow = Math.max(this.timesOpenedInRow, timesOpened);
    } else {
      this.open('shared-state', now + openFor, now, Math.max(this.timesOpenedInRow + 1, timesOpened));
    }
  }

  adoptClosed(now: number): void {
    this.settle(now);
    if (this.current === 'open' || this.current === 'half-open') this.move('closed', 'shared-state');
  }

  /**
   * Takes other settings and keeps the state, the window's content as far as it fits, and a running open period. A window of the
   * other type starts empty: the age of calls counted by number is not known.
   */
  reconfigure(settings: CircuitBreakerSettings, now: number): void {
    this.settle(now);
    const { type, size } = this.settings.slidingWindow;
    const wasTimed = this.timed;
    if (settings.slidingWindow.type !== type) this.window = createWindow(settings);
    else if (settings.slidingWindow.size !== size)
      this.window = this.window.resizedTo(settings.slidingWindow.size, now);
    this.settings = settings;
    this.slowAfter = slowAfter(settings);
    this.askForTime();
    // Calls that began without a clock cannot be timed now.
    if (this.timed && !wasTimed) this.generation++;
    this.judgeProbes(now);
  }

  private tryAcquireUnlessClosed(now: number): Permit {
    this.settle(now);
    switch (this.current) {
      case 'metrics-only':
        return this.generation;
      case 'disabled':
        return UNCOUNTED;
      case 'half-open':
        return this.giveProbe(now);
      case 'open':
        if (now >= this.openUntil && this.mayProbe(now)) return this.startTrial(now);
    }
    this.refused++;
    return REFUSED;
  }

  private isGood(permit: Permit): boolean {
    if (permit === UNCOUNTED) return this.current === 'disabled';
    return permit === this.generation || this.trial?.has(permit) === true;
  }

  private startTrial(now: number): Permit {
    this.move('half-open', 'open-duration-passed');
    // Asked again, because a hook may have moved the circuit on.
    return this.tryAcquire(now);
  }

  private giveProbe(now: number): Permit {
    if (!this.trial?.hasRoom(this.settings)) {
      this.refused++;
      return REFUSED;
    }
    this.lastProbe--;
    this.trial.give(this.lastProbe, now);
    return this.lastProbe;
  }

  private count(outcome: Outcome, now: number, startedAt: number): void {
    if (outcome === 'ignored') {
      this.ignored++;
      return;
    }
    const failed = outcome === 'failure';
    const slow = now - startedAt >= this.slowAfter;
    this.window.record(failed, slow, now);
    if (failed) {
      this.failed++;
      this.consecutiveFailures++;
    } else {
      this.succeeded++;
      this.consecutiveFailures = 0;
    }
    if (failed || slow) this.judge(now);
  }

  private judge(now: number): void {
    if (this.current !== 'closed') return;
    const { consecutiveFailures, minimumCalls, failureRateThreshold, slowCallRateThreshold } = this.settings;
    const { calls, failures, slowCalls } = this.window;
    if (consecutiveFailures !== undefined && this.consecutiveFailures >= consecutiveFailures) {
      this.trip('consecutive-failures', now, now);
    } else if (calls < minimumCalls) {
      return;
    } else if (failures * 100 >= failureRateThreshold * calls) {
      this.trip('failure-rate', now, now);
    } else if (slowCallRateThreshold !== undefined && slowCalls * 100 >= slowCallRateThreshold * calls) {
      this.trip('slow-call-rate', now, now);
    }
  }

  private countProbe(permit: Permit, outcome: Outcome, now: number, startedAt: number): void {
    this.settle(now);
    const { trial } = this;
    if (!trial?.has(permit)) return;
    if (outcome === 'ignored') {
      this.ignored++;
      if (trial.giveUp(permit, this.settings, now)) this.trip('half-open-max-wait', now, now);
      return;
    }
    trial.take(permit);
    const failed = outcome === 'failure';
    if (failed) this.failed++;
    else this.succeeded++;
    trial.answer(failed, now - startedAt >= this.slowAfter);
    this.judgeProbes(now);
  }

  private judgeProbes(now: number): void {
    const verdict = this.trial?.verdict(this.settings);
    if (verdict === 'probes-succeeded') this.move('closed', verdict);
    else if (verdict === 'probes-failed') this.trip(verdict, now, now);
  }

  /** Lets happen what time alone has decided. */
  private settle(now: number): void {
    const overSince = this.trial?.expire(this.settings, now);
    if (overSince !== undefined) this.trip('half-open-max-wait', overSince, now);
  }

  private trip(reason: TransitionReason, since: number, now: number): void {
    const timesOpened = this.timesOpenedInRow + 1;
    this.open(reason, since + openDurationOf(this.settings, timesOpened), now, timesOpened);
  }

  private open(reason: TransitionReason, until: number, now: number, timesOpened: number): void {
    this.openUntil = until;
    this.timesOpenedInRow = timesOpened;
    this.move('open', reason, Math.max(0, until - now));
  }

  private setByHand(to: CircuitState, now: number): void {
    this.settle(now);
    if (this.current !== to) this.move(to, 'by-hand');
  }

  private isSetByHand(): boolean {
    return this.current === 'forced-open' || this.current === 'disabled' || this.current === 'metrics-only';
  }

  private move(to: CircuitState, reason: TransitionReason, openFor?: number): void {
    const from = this.current;
    this.current = to;
    this.generation++;
    this.trial = to === 'half-open' ? new HalfOpenTrial() : undefined;
    this.probeDenied = false;
    this.askForTime();
    if (to === 'closed') this.timesOpenedInRow = 0;
    if (to === 'closed' || to === 'metrics-only') {
      this.window.clear();
      this.consecutiveFailures = 0;
    }
    if (from !== to) this.tell({ from, to, reason, generation: this.generation, openFor });
  }

  /** Nobody reads a clock for what is not looked at. */
  private askForTime(): void {
    const { current, settings } = this;
    const counts = current === 'closed' || current === 'metrics-only';
    const moves = current === 'open' || current === 'half-open';
    this.timed = moves || (counts && settings.slowCallRateThreshold !== undefined);
    this.clocked = this.timed || (counts && settings.slidingWindow.type === 'time');
  }

  private tell(transition: CircuitTransition): void {
    try {
      this.hooks.onTransition?.(transition);
    } catch {
      // Whoever listens answers for it; the call goes on.
    }
  }

  private mayProbe(now: number): boolean {
    try {
      this.probeDenied = this.hooks.mayProbe?.(now) === false;
    } catch {
      this.probeDenied = false;
    }
    return !this.probeDenied;
  }
}

function createWindow({ slidingWindow: { type, size } }: CircuitBreakerSettings): CallWindow {
  return type === 'count' ? new CountWindow(size) : new TimeWindow(size);
}

/** Without a threshold no call is slow. */
function slowAfter(settings: CircuitBreakerSettings): number {
  return settings.slowCallRateThreshold === undefined ? Infinity : settings.slowCallDuration;
}
