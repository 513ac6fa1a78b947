import type { CircuitBreaker } from '../core/breaker/circuit-breaker.js';
import type { CircuitTransition } from '../core/breaker/circuit-breaker.port.js';
import type { CircuitBreakerSettings } from '../options/circuit-breaker.options.js';
import type { PipelineEnvironment } from '../pipeline/policy-set.port.js';
import type { Circuit } from '../registry/circuit.js';
import { CircuitEntry, type CircuitOwner } from './circuit-entry.js';
import type { CircuitWatchers } from './circuit-watchers.js';
import type { Disposability, MachineKind } from './machine-kind.js';

/** The circuits of one policy. */
export class CircuitKind implements MachineKind<CircuitBreaker, CircuitBreakerSettings, CircuitEntry>, CircuitOwner {
  constructor(
    /** As the newest circuit has them, and after a reload all. */
    public settings: CircuitBreakerSettings,
    readonly name: string,
    readonly named: boolean,
    private readonly environment: PipelineEnvironment,
    private readonly watchers: CircuitWatchers,
  ) {}

  create(settings: CircuitBreakerSettings, key: string | undefined): CircuitEntry {
    this.settings = settings;
    const entry = new CircuitEntry(this, key);
    this.watchers.created(entry);
    return entry;
  }

  reconfigure(machine: CircuitBreaker, settings: CircuitBreakerSettings, now: number): boolean {
    this.settings = settings;
    machine.reconfigure(settings, now);
    return true;
  }

  /** An open circuit whose time is up waits for a probe; after `keyTtl` without one, that it was open means little. */
  disposable(machine: CircuitBreaker, now: number): Disposability {
    const state = machine.state(now);
    if (state === 'closed') return 'now';
    return state === 'open' && machine.retryAfterMs(now) === 0 ? 'once-unused' : 'never';
  }

  forgotten(entry: CircuitEntry): void {
    this.watchers.forgotten(entry);
  }

  transitioned({ name, key }: Circuit, transition: CircuitTransition): void {
    const { events, clock } = this.environment;
    if (!events.hasListeners) return;
    const at = clock.now();
    events.emit({ type: 'circuit-transition', policy: name, ...(key !== undefined && { key }), at, ...transition });
  }
}
