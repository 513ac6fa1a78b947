import { AsyncResource } from 'node:async_hooks';
import { type Clock, SystemClock, type Timer, uuidv7 } from '../../kernel/index.js';
import type { ResilienceEvent } from '../events/resilience-event.js';
import type { Circuit } from '../registry/circuit.js';
import type { CircuitStateStore } from './circuit-state-store.js';
import { SharedBreaker, type CircuitWrite, type SharedBreakerHost } from './shared-breaker.js';
import { type SharedStateTiming, timingOf } from './shared-state-timing.js';
import { StoreAccess } from './store-access.js';

export interface CircuitCoordinatorOptions {
  readonly store: CircuitStateStore;
  /** Milliseconds between two looks at the store while breakers are used or open. Default 1,000. */
  readonly refreshInterval?: number;
  /** Longest wait for an answer of the store, in milliseconds; then breakers decide alone. Default 500. */
  readonly storeTimeout?: number;
  /** Names of the policies whose circuits are shared. Default: every circuit that has a name of its own. */
  readonly policies?: readonly string[];
  readonly clock?: Clock;
  /** For the jitter of waits, 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Told when the store goes away and comes back. */
  readonly onEvent?: (event: ResilienceEvent) => void;
}

/** Where circuits come from: a registry. */
export interface CircuitSource {
  onCircuit(listener: (circuit: Circuit) => void): () => void;
  onCircuitForgotten(listener: (circuit: Circuit) => void): () => void;
}

interface Entry {
  readonly breaker: SharedBreaker;
  /** The write on its way, if there is one. */
  writing: Promise<void> | undefined;
  /** Something may be to write, once the call that noticed has gone on. */
  woken: Timer | undefined;
  /** Counts writes, so that what was read before one is not taken for news after it. */
  writes: number;
}

/**
 * Shares the circuits of one application with those of others through a store, in the background: no call ever waits for
 * it. A circuit that opens or closes here is written at once; what others have written is read every `refreshInterval`, all
 * circuits together, so another process follows after that time and two round trips. While nothing is open and no
 * shared breaker is used, the store is left alone. Only one process at a time probes: the one that holds the circuit's lease.
 * While the store is away each process decides alone, and tells what came of it when the store is back.
 *
 * Circuits with a key stay local: keys may be many, and what one tenant meets says little about a dependency.
 */
export class CircuitCoordinator implements SharedBreakerHost {
  readonly owner = uuidv7();
  readonly clock: Clock;
  readonly timing: SharedStateTiming;
  private readonly store: CircuitStateStore;
  private readonly policies: ReadonlySet<string> | undefined;
  private readonly access: StoreAccess;
  private readonly resource = new AsyncResource('CircuitCoordinator');
  private readonly entries = new Map<SharedBreaker, Entry>();
  private readonly detachers: (() => void)[] = [];
  private timer: Timer | undefined;
  private looking = false;
  private closing: Promise<void> | undefined;

  constructor(options: CircuitCoordinatorOptions) {
    const { store, policies, clock = new SystemClock(), random = Math.random, onEvent } = options;
    this.store = store;
    this.clock = clock;
    this.policies = policies && new Set(policies);
    this.timing = timingOf(options);
    this.access = new StoreAccess(clock, random, this.timing, (reachable, error) => {
      if (!this.closing)
        onEvent?.({
          type: 'shared-state',
          policy: '*',
          at: clock.now(),
          reachable,
          ...(error !== undefined && { error }),
        });
    });
  }

  get reachable(): boolean {
    return this.access.reachable;
  }

  /** Shares the circuits of a registry, those to come included. */
  attachTo(source: CircuitSource): void {
    this.detachers.push(
      source.onCircuit((circuit) => this.attach(circuit)),
      source.onCircuitForgotten((circuit) => this.detach(circuit)),
    );
  }

  attach(circuit: Circuit): void {
    if (this.closing || circuit.key !== undefined) return;
    if (this.policies ? !this.policies.has(circuit.name) : !circuit.named) return;
    const breaker = new SharedBreaker(circuit, this);
    this.entries.set(breaker, { breaker, writing: undefined, woken: undefined, writes: 0 });
    circuit.observer = breaker;
    this.lookIn(0);
  }

  wake(breaker: SharedBreaker): void {
    const entry = this.entries.get(breaker);
    if (!entry || entry.woken) return;
    entry.woken = this.setTimer(() => {
      entry.woken = undefined;
      this.flush(entry);
    }, 0);
  }

  /** Gives leases back, and waits for it no longer than `storeTimeout`; then closes the store. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private detach(circuit: Circuit): void {
    for (const [breaker, entry] of this.entries) {
      if (breaker.circuit !== circuit) continue;
      circuit.observer = undefined;
      breaker.retire();
      this.flush(entry);
      this.entries.delete(breaker);
    }
  }

  private lookIn(delay: number): void {
    if (this.closing || this.looking) return;
    this.timer?.cancel();
    this.timer = this.setTimer(() => void this.look(), delay);
  }

  /** The store is used on the application's behalf, not on that of the call that happened to notice. */
  private setTimer(callback: () => void, delay: number): Timer {
    return this.resource.runInAsyncScope(() => this.clock.setTimer(callback, delay, { unref: true }));
  }

  private async look(): Promise<void> {
    this.looking = true;
    try {
      const now = this.clock.monotonic();
      const entries = [...this.entries.values()];
      // Asked of all: it also notes which are used.
      const active = entries.filter(({ breaker }) => breaker.isActive(now));
      if (active.length > 0) await this.refresh(entries);
    } finally {
      this.looking = false;
      this.lookIn(this.access.pause);
    }
  }

  private async refresh(entries: readonly Entry[]): Promise<void> {
    const before = entries.map(({ writes }) => writes);
    const names = entries.map(({ breaker }) => breaker.circuit.name);
    const found = await this.access.call(() => this.store.read(names)).catch(() => undefined);
    if (!found || this.closing) return;
    const stored = new Map(found.map((circuit) => [circuit.name, circuit]));
    entries.forEach((entry, index) => {
      const { breaker, writing, writes } = entry;
      if (writing || writes !== before[index] || !this.entries.has(breaker)) return;
      breaker.see(stored.get(breaker.circuit.name));
      breaker.letGoUnused(this.clock.monotonic());
      this.flush(entry);
    });
  }

  private flush(entry: Entry): void {
    entry.woken?.cancel();
    entry.woken = undefined;
    if (entry.writing || !this.access.reachable) return;
    const write = entry.breaker.nextWrite();
    if (!write) return;
    entry.writes += 1;
    entry.writing = this.write(entry, write).finally(() => {
      entry.writing = undefined;
      // What was decided meanwhile.
      this.flush(entry);
    });
  }

  private async write({ breaker }: Entry, write: CircuitWrite): Promise<void> {
    try {
      const answer = await this.access.call(() => this.store.write(write.circuit, write.expected));
      if (answer === true) breaker.written(write);
      else breaker.refused(answer);
    } catch {
      breaker.unanswered(write);
      this.lookIn(this.access.pause);
    }
  }

  private async end(): Promise<void> {
    this.timer?.cancel();
    for (const detach of this.detachers) detach();
    const writes = [...this.entries.values()].map(async (entry) => {
      entry.breaker.retire();
      this.flush(entry);
      while (entry.writing) await entry.writing;
    });
    await this.within(Promise.all(writes));
    for (const { circuit } of this.entries.keys()) circuit.observer = undefined;
    this.entries.clear();
    await this.within(this.store.close());
  }

  /** No longer than `storeTimeout`, and whatever becomes of it. */
  private within(work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(resolve, this.timing.storeTimeout);
      const end = () => {
        timer.cancel();
        resolve();
      };
      work.then(end, end);
    });
  }
}
