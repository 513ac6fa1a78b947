import type { Clock } from '../../kernel/index.js';
import type { CircuitState, CircuitTransition } from '../core/breaker/circuit-breaker.port.js';
import type { Circuit, CircuitObserver } from '../registry/circuit.js';
import type { SharedCircuit } from './circuit-state-store.js';
import { isSameCircuit, tellsTheSame, unwrittenCircuit } from './shared-circuit.js';
import type { SharedStateTiming } from './shared-state-timing.js';

/** The right to probe, held by this process. Times are monotonic. */
interface Lease {
  readonly from: number;
  readonly until: number;
  /** When it was last put to use; at first, when it was won. */
  readonly usedAt: number;
}

/** A write on its way, and what was to be told with it. */
export interface CircuitWrite {
  readonly circuit: SharedCircuit;
  readonly expected: number;
  readonly startedAt: number;
  readonly telling: Decision | undefined;
}

interface Decision {
  readonly state: 'open' | 'closed';
  readonly openUntil: number;
}

/** Not set by hand. */
const MOVING: readonly CircuitState[] = ['closed', 'open', 'half-open'];

export interface SharedBreakerHost {
  readonly owner: string;
  readonly clock: Clock;
  readonly timing: SharedStateTiming;
  /** Whether the store answers; while it does not, breakers decide alone. */
  readonly reachable: boolean;
  /** There may be something to write. Called within calls of the application, so it takes no time. */
  wake(breaker: SharedBreaker): void;
}

/**
 * One breaker and its circuit in the store: what to write next, and what to make of what is stored. What was decided here is
 * written on top of what was last seen; when somebody else has written meanwhile, theirs holds. A circuit is
 * half-open only in the process that holds the lease to probe.
 */
export class SharedBreaker implements CircuitObserver {
  /** What is stored, as last seen. */
  private known: SharedCircuit;
  private seen = false;
  private decision: Decision | undefined;
  private lease: Lease | undefined;
  private releasing = false;
  /** A call was refused for want of a lease. */
  private wantsProbe = false;
  private restUntil = -Infinity;
  /** Until then others may be probing. */
  private othersProbeUntil = -Infinity;
  /** A write whose outcome is unknown: it may yet turn up. */
  private doubtful: CircuitWrite | undefined;
  private adopting = false;
  private looking = false;
  private retired = false;
  private calls = 0;
  private usedAt: number;

  constructor(
    readonly circuit: Circuit,
    private readonly host: SharedBreakerHost,
  ) {
    this.known = unwrittenCircuit(circuit.name);
    this.usedAt = host.clock.monotonic();
  }

  onTransition(transition: CircuitTransition): void {
    if (this.adopting) return;
    const { to, openFor = 0 } = transition;
    if (to === 'half-open') {
      this.wantsProbe = false;
      this.use();
      return;
    }
    if (to === 'open' || to === 'closed') {
      this.decision = { state: to, openUntil: to === 'open' ? this.host.clock.now() + openFor : 0 };
    } else if (this.lease) {
      this.releasing = true;
    }
    this.lease = undefined;
    this.wantsProbe = false;
    if (!this.looking) this.host.wake(this);
  }

  mayProbe(now: number): boolean {
    if (!this.host.reachable || (this.lease && now < this.lease.until)) return true;
    this.wantsProbe = !this.retired;
    if (now >= this.othersProbeUntil && now >= this.restUntil) this.host.wake(this);
    return false;
  }

  /** Whether the store is to be looked at for this one. */
  isActive(now: number): boolean {
    const state = this.stateAt(now);
    const { totals } = this.circuit.machine.snapshot(now);
    const calls = totals.succeeded + totals.failed + totals.ignored + totals.refused;
    if (calls !== this.calls) {
      this.calls = calls;
      this.usedAt = now;
      if (state === 'half-open') this.use();
    }
    if (!this.seen || this.decision || this.lease || this.releasing) return true;
    return state === 'open' || state === 'half-open' || now - this.usedAt < this.host.timing.idleAfter;
  }

  /** Gives the lease back if nothing was done with it for long, so that a process with more calls can probe. */
  letGoUnused(now: number): void {
    const halfOpen = this.stateAt(now) === 'half-open';
    const { timing } = this.host;
    const patience = halfOpen ? this.circuit.settings.halfOpenMaxWait : timing.unusedLease;
    if (!this.lease || now - this.lease.usedAt < patience) return;
    this.release();
    this.rest(now);
    // For calls that are rare: it will be there for the next one, most of the time.
    this.wantsProbe = true;
    if (halfOpen) this.reopen(now);
  }

  /** Probes no more, and gives the lease back with the next write. */
  retire(): void {
    this.retired = true;
    this.wantsProbe = false;
    this.release();
  }

  /** What is to be written now, if anything. */
  nextWrite(): CircuitWrite | undefined {
    const startedAt = this.host.clock.monotonic();
    const change = this.change(this.stateAt(startedAt), startedAt);
    if (!change) return undefined;
    const { name, generation, timesOpened, counts } = this.known;
    const reset = counts && { ...counts, failureCount: 0, halfOpenCalls: 0 };
    const circuit: SharedCircuit = {
      name,
      generation: generation + 1,
      openUntil: 0,
      timesOpened,
      ...(counts && { counts: change.state === 'closed' ? reset : counts }),
      ...change,
    };
    return { circuit, expected: generation, startedAt, telling: this.decision };
  }

  /** The store has taken a write. */
  written({ circuit, startedAt, telling }: CircuitWrite): void {
    const state = this.stateAt(this.host.clock.monotonic());
    this.seen = true;
    this.known = circuit;
    this.doubtful = undefined;
    this.othersProbeUntil = -Infinity;
    if (this.decision === telling) this.decision = undefined;
    if (circuit.state !== 'half-open') {
      this.releasing = false;
      return;
    }
    // Decided, or not wanted any more, while the write was on its way: the lease goes with what is written next.
    if (this.decision || this.retired || !MOVING.includes(state)) {
      this.releasing = !this.decision;
      return;
    }
    this.lease = {
      from: startedAt,
      until: startedAt + this.host.timing.lease,
      usedAt: this.lease?.usedAt ?? startedAt,
    };
  }

  /** The store holds something else than the writer knew. */
  refused(stored: SharedCircuit): void {
    if (this.recognise(stored)) return;
    this.take(stored);
  }

  /** Nobody knows whether the store has taken a write. */
  unanswered(write: CircuitWrite): void {
    this.doubtful = write;
  }

  /** Takes what was read. */
  see(stored: SharedCircuit = unwrittenCircuit(this.circuit.name)): void {
    this.seen = true;
    if (this.recognise(stored) || isSameCircuit(stored, this.known)) this.probeOnlyWithLease();
    else this.take(stored);
  }

  private take(stored: SharedCircuit): void {
    if (isUnwritten(stored)) this.startOver(stored);
    // Only counted by the function: what was decided here, or won, is written on top of it.
    else if (tellsTheSame(stored, this.known)) this.known = stored;
    else this.adopt(stored);
    this.probeOnlyWithLease();
  }

  private change(
    state: CircuitState,
    now: number,
  ): (Pick<SharedCircuit, 'state'> & Partial<SharedCircuit>) | undefined {
    const { known, lease, host } = this;
    if (this.decision?.state === 'closed' && known.state === 'closed') this.decision = undefined;
    if (this.decision?.state === 'closed') return { state: 'closed', timesOpened: 0 };
    if (this.decision) {
      const timesOpened = Math.max(1, this.circuit.machine.timesOpened);
      return { state: 'open', openUntil: this.decision.openUntil, timesOpened };
    }
    if (this.releasing) return { state: 'open', openUntil: host.clock.now() };
    const due = lease
      ? now - lease.from >= host.timing.lease / 2
      : this.wantsProbe && state === 'open' && this.canClaim(now);
    if (!due) return undefined;
    const probe = { owner: host.owner, until: host.clock.now() + host.timing.lease };
    return { state: 'half-open', probe, openUntil: known.openUntil };
  }

  private release(): void {
    if (!this.lease) return;
    this.lease = undefined;
    this.releasing = true;
  }

  private canClaim(now: number): boolean {
    if (now < this.othersProbeUntil || now < this.restUntil) return false;
    return !((this.circuit.machine.retryAfterMs(now) ?? 0) > 0);
  }

  /** A write in doubt has turned up: what it told is told. */
  private recognise(stored: SharedCircuit): boolean {
    const write = this.doubtful;
    if (!write || stored.generation < write.circuit.generation) return false;
    this.doubtful = undefined;
    if (!isSameCircuit(stored, write.circuit)) return false;
    this.written(write);
    // It was overtaken by what happened here.
    const isClosed = this.stateAt(this.host.clock.monotonic()) === 'closed';
    if (isClosed && stored.state !== 'closed') this.decision ??= { state: 'closed', openUntil: 0 };
    return true;
  }

  private adopt(stored: SharedCircuit): void {
    const { host, circuit } = this;
    const { machine, settings } = circuit;
    const now = host.clock.monotonic();
    const wall = host.clock.now();
    const longest = longestOpen(settings);
    // The store has lost what it had, maybe a lease too, and others were the first to tell it again.
    if (stored.generation < this.known.generation) this.rest(now);
    this.known = stored;
    this.decision = undefined;
    this.releasing = false;
    this.othersProbeUntil = -Infinity;
    // Leases of this process are confirmed when they are written; what is stored now is another's, or none.
    this.lease = undefined;
    this.adopting = true;
    try {
      const state = machine.state(now);
      if (stored.state === 'closed') {
        machine.adoptClosed(now);
        this.wantsProbe = false;
      } else if (stored.state === 'open') {
        // The clock of the writer may be wrong.
        const remaining = Math.min(stored.openUntil - wall, longest);
        if (remaining > 0) machine.openFor(remaining, now, stored.timesOpened);
        // Nobody has found out since whether all is well again: one probe shall, not every call at once. Should the store have lost a lease,
        // its holder has the time to say so.
        else if (state === 'closed') machine.openFor(host.timing.rest, now, stored.timesOpened);
      } else {
        const { owner, until } = stored.probe ?? { owner: undefined, until: 0 };
        if (owner === host.owner) return;
        // By this process's own clock, as the holder's may be wrong; its word counts where leases are longer there.
        const hold = Math.max(host.timing.lease, Math.min(until - wall, longest));
        this.othersProbeUntil = now + hold;
        if (state === 'closed') machine.openFor(hold, now, stored.timesOpened);
      }
    } finally {
      this.adopting = false;
    }
  }

  /** The store has lost what it had: it is told again what is known here. */
  private startOver(stored: SharedCircuit): void {
    const now = this.host.clock.monotonic();
    const state = this.stateAt(now);
    this.known = stored;
    // Who holds a lease that was lost with the rest will tell, too.
    if (!this.lease) this.rest(now);
    this.releasing = false;
    this.lease = this.lease && { ...this.lease, from: -Infinity };
    if (this.decision || this.lease || state !== 'open') return;
    const remaining = this.circuit.machine.retryAfterMs(now) ?? 0;
    this.decision = { state: 'open', openUntil: this.host.clock.now() + remaining };
  }

  /** A trial may have begun while the store was away, or the lease may be lost. */
  private probeOnlyWithLease(): void {
    const now = this.host.clock.monotonic();
    if (this.stateAt(now) === 'half-open' && !this.lease) this.reopen(now);
  }

  private reopen(now: number): void {
    this.adopting = true;
    try {
      this.circuit.machine.openFor(1, now, this.circuit.machine.timesOpened);
    } finally {
      this.adopting = false;
    }
  }

  private rest(now: number): void {
    this.restUntil = Math.max(this.restUntil, now + this.host.timing.rest);
  }

  private use(): void {
    if (this.lease) this.lease = { ...this.lease, usedAt: this.host.clock.monotonic() };
  }

  /** Looking may let happen what time has decided; who looks also writes. */
  private stateAt(now: number): CircuitState {
    this.looking = true;
    try {
      return this.circuit.machine.state(now);
    } finally {
      this.looking = false;
    }
  }
}

/** `maxOpenDuration` is the end of what grows; a constant is meant as it is. */
const longestOpen = ({ openDuration, maxOpenDuration }: Circuit['settings']): number =>
  typeof openDuration === 'number' ? Math.max(openDuration, maxOpenDuration) : maxOpenDuration;

const isUnwritten = (circuit: SharedCircuit): boolean => circuit.generation === 0 && circuit.counts === undefined;
