import { CircuitBreaker, type CircuitBreakerHooks } from '../core/breaker/circuit-breaker.js';
import type { CircuitTransition } from '../core/breaker/circuit-breaker.port.js';
import type { CircuitBreakerSettings } from '../options/circuit-breaker.options.js';
import type { Circuit, CircuitObserver } from '../registry/circuit.js';
import { SlotEntry } from './slot-entry.js';

/** Whose circuits they are. */
export interface CircuitOwner {
  readonly name: string;
  readonly named: boolean;
  readonly settings: CircuitBreakerSettings;
  transitioned(circuit: Circuit, transition: CircuitTransition): void;
}

/** A breaker, what a registry knows of it, and its hooks: one object, for there may be one breaker for each of many keys. */
export class CircuitEntry extends SlotEntry<CircuitBreaker> implements Circuit, CircuitBreakerHooks {
  readonly machine: CircuitBreaker;
  observer: CircuitObserver | undefined = undefined;

  constructor(
    private readonly owner: CircuitOwner,
    key: string | undefined,
  ) {
    super(key);
    this.machine = new CircuitBreaker(owner.settings, this);
  }

  get name(): string {
    return this.owner.name;
  }

  get named(): boolean {
    return this.owner.named;
  }

  get settings(): CircuitBreakerSettings {
    return this.owner.settings;
  }

  onTransition(transition: CircuitTransition): void {
    this.owner.transitioned(this, transition);
    this.observer?.onTransition?.(transition);
  }

  mayProbe(now: number): boolean {
    return this.observer?.mayProbe?.(now) ?? true;
  }
}
