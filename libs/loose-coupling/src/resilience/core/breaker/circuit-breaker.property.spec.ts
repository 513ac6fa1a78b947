import * as fc from 'fast-check';
import type { CircuitBreakerSettings } from '../../options/circuit-breaker.options.js';
import type { Outcome } from '../outcome.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { REFUSED, type CircuitSnapshot, type CircuitState, type CircuitTransition } from './circuit-breaker.port.js';
import { resolveCircuitBreakerSettings } from './circuit-breaker.settings.js';

const BY_HAND: readonly CircuitState[] = ['forced-open', 'disabled', 'metrics-only'];

interface Result {
  /** Place in the order of everything that happened. */
  readonly order: number;
  readonly at: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

interface Call {
  /** Undefined: begun while the circuit was disabled. */
  readonly period: number | undefined;
  readonly probe: boolean;
  readonly startedAt: number;
  readonly order: number;
  released: boolean;
  answer?: Result;
  gaveUpAt?: number;
}

/**
 * The breaker by its description: lists of results and of probes, read anew at every question. No sums, no ring, no buckets, no
 * queue of leases.
 */
class Model {
  state: CircuitState = 'closed';
  timesOpened = 0;
  readonly transitions: CircuitTransition[] = [];
  private period = 1;
  private openUntil = 0;
  private denied = false;
  private results: Result[] = [];
  private probes: Call[] = [];
  private failuresInRow = 0;
  private order = 0;
  private readonly totals = { succeeded: 0, failed: 0, ignored: 0, refused: 0 };

  constructor(private settings: CircuitBreakerSettings) {}

  usesTime(): boolean {
    if (this.state === 'open' || this.state === 'half-open') return true;
    if (this.state === 'forced-open' || this.state === 'disabled') return false;
    return this.settings.slidingWindow.type === 'time' || this.settings.slowCallRateThreshold !== undefined;
  }

  timesCalls(): boolean {
    if (this.state === 'open' || this.state === 'half-open') return true;
    if (this.state === 'forced-open' || this.state === 'disabled') return false;
    return this.settings.slowCallRateThreshold !== undefined;
  }

  acquire(now: number, mayProbe: boolean): Call | undefined {
    this.settle(now);
    if (this.state === 'open' && now >= this.openUntil) {
      this.denied = !mayProbe;
      if (mayProbe) this.enter('half-open', 'open-duration-passed');
    }
    const probe = this.state === 'half-open';
    if (this.state === 'open' || this.state === 'forced-open' || (probe && !this.hasRoom(now))) {
      this.totals.refused++;
      return undefined;
    }
    const period = this.state === 'disabled' ? undefined : this.period;
    const call: Call = { period, probe, startedAt: now, order: this.order++, released: false };
    if (probe) this.probes.push(call);
    return call;
  }

  release(call: Call, outcome: Outcome, now: number): void {
    if (call.probe) this.settle(now);
    const probeIsOver = call.probe && (call.released || this.isExpired(call, now));
    call.released = true;
    if (call.period !== this.period || probeIsOver) return;
    if (outcome === 'ignored') {
      this.totals.ignored++;
      if (call.probe) this.giveUp(call, now);
      return;
    }
    const { slowCallRateThreshold, slowCallDuration } = this.settings;
    const failed = outcome === 'failure';
    const slow = slowCallRateThreshold !== undefined && now - call.startedAt >= slowCallDuration;
    const result = { order: this.order++, at: now, failed, slow };
    this.totals[failed ? 'failed' : 'succeeded']++;
    if (call.probe) {
      call.answer = result;
      this.judgeProbes(now);
    } else {
      this.results.push(result);
      this.failuresInRow = failed ? this.failuresInRow + 1 : 0;
      if (this.state === 'closed' && (failed || slow)) this.judge(now);
    }
  }

  setByHand(to: CircuitState, now: number): void {
    this.settle(now);
    if (to !== this.state || to === 'closed') this.enter(to, 'by-hand');
  }

  resume(now: number): void {
    if (!BY_HAND.includes(this.state)) return;
    if (this.timesOpened === 0) this.enter('closed', 'by-hand');
    else this.enter('open', 'by-hand', Math.max(this.openUntil - now, 0));
  }

  openFor(duration: number, now: number, timesOpened: number): void {
    this.settle(now);
    if (BY_HAND.includes(this.state)) return;
    const wasOpen = this.state === 'open';
    this.timesOpened = Math.max(this.timesOpened + (wasOpen ? 0 : 1), timesOpened);
    this.openUntil = wasOpen ? Math.max(this.openUntil, now + duration) : now + duration;
    if (!wasOpen) this.enter('open', 'shared-state', duration);
  }

  adoptClosed(now: number): void {
    this.settle(now);
    if (this.state === 'open' || this.state === 'half-open') this.enter('closed', 'shared-state');
  }

  reconfigure(settings: CircuitBreakerSettings, now: number): void {
    this.settle(now);
    const timedCalls = this.timesCalls();
    const { slidingWindow: from } = this.settings;
    const { slidingWindow: to } = settings;
    if (from.type !== to.type) this.results = [];
    else if (from.size !== to.size) {
      this.results = this.window(now);
      if (to.type === 'count') this.results = this.results.slice(-to.size);
      // What moves to other buckets is as old as the beginning of its own.
      else
        this.results = this.results.map((result) => ({ ...result, at: bucketOf(result.at, from) * (from.size / 10) }));
    }
    // A lease that was lost under the old settings is not found again under the new.
    for (const probe of this.probes) if (this.isExpired(probe, now)) probe.released = true;
    this.settings = settings;
    if (this.timesCalls() && !timedCalls) this.period++;
    if (this.state === 'half-open') this.judgeProbes(now);
  }

  retryAfterMs(now: number): number | undefined {
    this.settle(now);
    if (this.state === 'forced-open') return undefined;
    if (this.state === 'open') {
      if (now < this.openUntil) return this.openUntil - now;
      return this.denied ? undefined : 0;
    }
    if (this.state !== 'half-open' || this.hasRoom(now)) return 0;
    return Math.min(...this.out(now).map((probe) => probe.startedAt + this.settings.halfOpenMaxWait - now));
  }

  snapshot(now: number): CircuitSnapshot {
    this.settle(now);
    const { minimumCalls, slowCallRateThreshold } = this.settings;
    const window = this.window(now);
    const judged = window.length >= minimumCalls;
    return {
      state: this.state,
      generation: this.period,
      calls: window.length,
      failures: window.filter((result) => result.failed).length,
      slowCalls: window.filter((result) => result.slow).length,
      failureRate: judged ? percentOf(window, 'failed') : undefined,
      slowCallRate: judged && slowCallRateThreshold !== undefined ? percentOf(window, 'slow') : undefined,
      consecutiveFailures: this.failuresInRow,
      retryAfterMs: this.state === 'open' ? this.retryAfterMs(now) : undefined,
      totals: this.totals,
    };
  }

  private giveUp(call: Call, now: number): void {
    call.gaveUpAt = now;
    const inVain = this.probes.filter(({ gaveUpAt, order }) => gaveUpAt !== undefined && !this.isAnsweredAfter(order));
    const waited = inVain.reduce((sum, { gaveUpAt = 0, startedAt }) => sum + gaveUpAt - startedAt, 0);
    if (waited >= this.settings.halfOpenMaxWait) this.trip('half-open-max-wait', now, now);
  }

  private isAnsweredAfter(order: number): boolean {
    return this.probes.some(({ answer }) => answer && answer.order > order);
  }

  private settle(now: number): void {
    const unanswered = this.probes.filter((probe) => !probe.released && this.isExpired(probe, now));
    const alone = unanswered.filter(({ order }) => !this.isAnsweredAfter(order));
    const ends = alone.map((probe) => probe.startedAt + this.settings.halfOpenMaxWait);
    if (ends.length > 0) this.trip('half-open-max-wait', Math.min(...ends), now);
  }

  private window(now: number): Result[] {
    const { slidingWindow } = this.settings;
    if (slidingWindow.type === 'count') return this.results.slice(-slidingWindow.size);
    const oldest = bucketOf(now, slidingWindow) - 9;
    return this.results.filter((result) => bucketOf(result.at, slidingWindow) >= oldest);
  }

  private isExpired(probe: Call, now: number): boolean {
    return now >= probe.startedAt + this.settings.halfOpenMaxWait;
  }

  private out(now: number): Call[] {
    return this.probes.filter((probe) => !probe.released && !this.isExpired(probe, now));
  }

  private hasRoom(now: number): boolean {
    const succeeded = this.probes.filter((probe) => probe.answer?.failed === false).length;
    return this.out(now).length + succeeded < this.settings.halfOpenCalls;
  }

  private judge(now: number): void {
    const { consecutiveFailures, minimumCalls, failureRateThreshold, slowCallRateThreshold } = this.settings;
    const window = this.window(now);
    if (consecutiveFailures && this.failuresInRow >= consecutiveFailures) this.trip('consecutive-failures', now, now);
    else if (window.length < minimumCalls) return;
    else if (percentOf(window, 'failed') >= failureRateThreshold) this.trip('failure-rate', now, now);
    else if (percentOf(window, 'slow') >= (slowCallRateThreshold ?? Infinity)) this.trip('slow-call-rate', now, now);
  }

  private judgeProbes(now: number): void {
    const { halfOpenCalls, failureRateThreshold, slowCallRateThreshold = Infinity } = this.settings;
    const answers = this.probes.flatMap((probe) => probe.answer ?? []);
    if (answers.length === 0) return;
    const failed = answers.filter((answer) => answer.failed).length;
    const badly =
      failed >= halfOpenCalls ||
      percentOf(answers, 'failed') >= failureRateThreshold ||
      percentOf(answers, 'slow') >= slowCallRateThreshold;
    if (badly) this.trip('probes-failed', now, now);
    else if (answers.length - failed >= halfOpenCalls) this.enter('closed', 'probes-succeeded');
  }

  private trip(reason: CircuitTransition['reason'], since: number, now: number): void {
    const { openDuration, maxOpenDuration } = this.settings;
    this.timesOpened++;
    const grown = typeof openDuration === 'number' ? openDuration : openDuration(this.timesOpened);
    this.openUntil = since + (typeof openDuration === 'number' ? grown : Math.min(grown, maxOpenDuration));
    this.enter('open', reason, Math.max(this.openUntil - now, 0));
  }

  private enter(to: CircuitState, reason: CircuitTransition['reason'], openFor?: number): void {
    const from = this.state;
    this.state = to;
    this.period++;
    this.denied = false;
    this.probes = [];
    if (to === 'closed') this.timesOpened = 0;
    if (to === 'closed' || to === 'metrics-only') {
      this.results = [];
      this.failuresInRow = 0;
    }
    if (from !== to) this.transitions.push({ from, to, reason, generation: this.period, openFor });
  }
}

function bucketOf(time: number, window: { readonly size: number }): number {
  return Math.floor(time / (window.size / 10));
}

function percentOf(results: readonly Result[], what: 'failed' | 'slow'): number {
  return (results.filter((result) => result[what]).length * 100) / results.length;
}

type Command =
  | { readonly do: 'acquire'; readonly mayProbe: boolean }
  | { readonly do: 'release'; readonly which: number; readonly outcome: Outcome }
  | { readonly do: 'release-again'; readonly which: number; readonly outcome: Outcome }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'look' }
  | { readonly do: 'forceOpen' | 'disable' | 'metricsOnly' | 'close' | 'resume' | 'adoptClosed' }
  | { readonly do: 'openFor'; readonly ms: number; readonly timesOpened: number }
  | { readonly do: 'reconfigure'; readonly which: number };

const OUTCOMES = ['failure', 'success', 'failure', 'success', 'failure', 'ignored'] as const;
const RARE = ['forceOpen', 'disable', 'metricsOnly', 'close', 'resume', 'adoptClosed', 'resume'] as const;
const WAITS = [1, 2, 5, 9, 10, 11, 20, 49, 50, 51, 99, 100, 101, 250, 3_600_000] as const;

/** A command in one number: numbers are made, and made smaller when something fails, much faster than objects are. */
function commandOf(code: number): Command {
  const kind = code % 64;
  const pick = Math.floor(code / 64);
  const outcome = OUTCOMES[pick % OUTCOMES.length] ?? 'success';
  const which = Math.floor(pick / OUTCOMES.length);
  if (kind < 22) return { do: 'acquire', mayProbe: pick % 8 !== 7 };
  if (kind < 42) return { do: 'release', which, outcome };
  if (kind < 50) return { do: 'wait', ms: WAITS[pick % WAITS.length] ?? 1 };
  if (kind < 59) return { do: 'look' };
  if (kind < 60) return { do: 'release-again', which, outcome };
  if (kind < 61) return { do: 'openFor', ms: 1 + (pick % 200), timesOpened: which % 4 };
  if (kind < 62) return { do: 'reconfigure', which: pick };
  return pick % 4 === 0 ? { do: RARE[which % RARE.length] ?? 'close' } : { do: 'look' };
}

const settings = fc
  .record(
    {
      slidingWindow: fc.oneof(
        fc.record({ type: fc.constant('count' as const), size: fc.constantFrom(1, 2, 5, 8, 33, 70) }),
        fc.record({ type: fc.constant('time' as const), size: fc.constantFrom(7, 100, 120, 1000) }),
      ),
      failureRateThreshold: fc.constantFrom(1, 33.4, 50, 75, 100),
      slowCallRateThreshold: fc.constantFrom(undefined, undefined, 40, 100),
      slowCallDuration: fc.constantFrom(10, 50),
      minimumCalls: fc.constantFrom(1, 2, 3, 6),
      consecutiveFailures: fc.constantFrom(undefined, undefined, 2, 4),
      openDuration: fc.constantFrom<number | ((timesOpened: number) => number)>(
        0,
        100,
        (timesOpened) => timesOpened * 30,
      ),
      maxOpenDuration: fc.constant(100),
      halfOpenCalls: fc.constantFrom(1, 2, 3, 4),
      halfOpenMaxWait: fc.constantFrom(50, 100),
    },
    { noNullPrototype: true },
  )
  .map(resolveCircuitBreakerSettings);

const scenario = fc.record(
  {
    settings: fc.array(settings, { minLength: 1, maxLength: 4, size: 'max' }),
    commands: fc.array(fc.nat(2 ** 20).map(commandOf), { maxLength: 600, size: 'max' }),
  },
  { noNullPrototype: true },
);

/** Plays the commands to both and compares what they say. Time is passed as the contracts of `usesTime` and `timesCalls` allow: not at all. */
function play(allSettings: readonly CircuitBreakerSettings[], commands: readonly Command[]): CircuitTransition[] {
  const [first] = allSettings;
  if (!first) return [];
  let now = 0;
  let mayProbe = true;
  const transitions: CircuitTransition[] = [];
  const breaker = new CircuitBreaker(first, {
    onTransition: (transition) => transitions.push(transition),
    mayProbe: () => mayProbe,
  });
  const model = new Model(first);
  const begun: { permit: number; startedAt: number; call: Call }[] = [];
  const ended: typeof begun = [];
  const release = (entry: (typeof begun)[number], outcome: Outcome): void => {
    breaker.release(entry.permit, outcome, outcome === 'failure' || breaker.usesTime ? now : 0, entry.startedAt);
    model.release(entry.call, outcome, now);
  };

  for (const command of commands) {
    switch (command.do) {
      case 'acquire': {
        mayProbe = command.mayProbe;
        const startedAt = breaker.timesCalls ? now : 0;
        const permit = breaker.tryAcquire(startedAt);
        const call = model.acquire(now, mayProbe);
        same(permit === REFUSED, call === undefined);
        if (call) begun.push({ permit, startedAt, call });
        break;
      }
      case 'release': {
        const [entry] = begun.splice(command.which % Math.max(1, begun.length), 1);
        if (!entry) break;
        release(entry, command.outcome);
        ended.push(entry);
        break;
      }
      case 'release-again': {
        const entry = ended[command.which % Math.max(1, ended.length)];
        if (entry) release(entry, command.outcome);
        break;
      }
      case 'wait':
        now += command.ms;
        break;
      case 'look':
        same(breaker.snapshot(now), model.snapshot(now));
        same(breaker.retryAfterMs(now), model.retryAfterMs(now));
        break;
      case 'forceOpen':
        breaker.forceOpen(now);
        model.setByHand('forced-open', now);
        break;
      case 'disable':
        breaker.disable(now);
        model.setByHand('disabled', now);
        break;
      case 'metricsOnly':
        breaker.metricsOnly(now);
        model.setByHand('metrics-only', now);
        break;
      case 'close':
        breaker.close(now);
        model.setByHand('closed', now);
        break;
      case 'resume':
        breaker.resume(now);
        model.resume(now);
        break;
      case 'adoptClosed':
        breaker.adoptClosed(now);
        model.adoptClosed(now);
        break;
      case 'openFor':
        breaker.openFor(command.ms, now, command.timesOpened);
        model.openFor(command.ms, now, command.timesOpened);
        break;
      case 'reconfigure': {
        const next = allSettings[command.which % allSettings.length] ?? first;
        breaker.reconfigure(next, now);
        model.reconfigure(next, now);
        break;
      }
    }
    same(breaker.usesTime, model.usesTime());
    same(breaker.timesCalls, model.timesCalls());
    same(breaker.timesOpened, model.timesOpened);
    same(transitions.length, model.transitions.length);
  }
  same(breaker.snapshot(now), model.snapshot(now));
  expect(transitions).toEqual(model.transitions);
  return transitions;
}

/** `expect` at every step would be most of the time that this takes. */
function same(actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) return;
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

const STEPS = Number(process.env['RESILIENCE_STEPS'] ?? 1_000_000) * (process.env['SOAK'] ? 10 : 1);

/** Plays some scenarios and notes the transitions that happened. Returns how many commands that were. */
function playSome(seed: number, seen: Set<string>): number {
  let steps = 0;
  const agree = fc.property(scenario, ({ settings, commands }) => {
    steps += commands.length;
    for (const { from, to, reason } of play(settings, commands)) seen.add(`${from} > ${to}: ${reason}`);
  });
  fc.assert(agree, { seed, numRuns: 50 });
  return steps;
}

describe('the circuit breaker and a model of it', () => {
  it('agree on whatever happens, in whatever order, at whatever time', () => {
    const seen = new Set<string>();
    for (let steps = 0, seed = 42; steps < STEPS; seed++) steps += playSome(seed, seen);
    expect([...seen].filter((transition) => !transition.endsWith('by-hand')).sort()).toEqual([
      'closed > open: consecutive-failures',
      'closed > open: failure-rate',
      'closed > open: shared-state',
      'closed > open: slow-call-rate',
      'half-open > closed: probes-succeeded',
      'half-open > closed: shared-state',
      'half-open > open: half-open-max-wait',
      'half-open > open: probes-failed',
      'half-open > open: shared-state',
      'open > closed: shared-state',
      'open > half-open: open-duration-passed',
    ]);
  }, 600_000);
});
