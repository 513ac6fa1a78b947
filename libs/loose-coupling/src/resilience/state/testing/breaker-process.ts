import { CircuitBreaker } from '../../core/breaker/circuit-breaker.js';
import { resolveCircuitBreakerSettings } from '../../core/breaker/circuit-breaker.settings.js';
import { REFUSED } from '../../core/breaker/circuit-breaker.port.js';
import type { CircuitState, CircuitTransition, Permit } from '../../core/breaker/circuit-breaker.port.js';
import type { ResilienceEvent } from '../../events/resilience-event.js';
import type { CircuitBreakerOptions } from '../../options/circuit-breaker.options.js';
import type { Circuit, CircuitObserver } from '../../registry/circuit.js';
import type { FakeClock } from '../../../testing/fake-clock.js';
import { CircuitCoordinator, type CircuitCoordinatorOptions } from '../circuit-coordinator.js';
import type { CircuitStateStore } from '../circuit-state-store.js';
import { FaultyCircuitStateStore } from './faulty-circuit-state-store.js';

export const SETTINGS: CircuitBreakerOptions = {
  consecutiveFailures: 3,
  openDuration: 10_000,
  halfOpenCalls: 2,
  halfOpenMaxWait: 5_000,
};

/** A process with one breaker of the name `inventory`, and its way to the shared store. */
export class BreakerProcess {
  readonly store: FaultyCircuitStateStore;
  readonly coordinator: CircuitCoordinator;
  readonly machine: CircuitBreaker;
  readonly circuit: Circuit;
  readonly transitions: CircuitTransition[] = [];
  readonly events: ResilienceEvent[] = [];
  /** Called within each transition. */
  onTransition: () => void = () => undefined;

  constructor(
    shared: CircuitStateStore,
    readonly clock: FakeClock,
    options: Partial<CircuitCoordinatorOptions> & { circuit?: Partial<Circuit>; breaker?: CircuitBreakerOptions } = {},
  ) {
    const { circuit, breaker, ...coordinator } = options;
    const settings = resolveCircuitBreakerSettings({ ...SETTINGS, ...breaker });
    this.store = new FaultyCircuitStateStore(shared, clock);
    this.machine = new CircuitBreaker(settings, {
      onTransition: (transition) => {
        this.transitions.push(transition);
        this.circuit.observer?.onTransition?.(transition);
        this.onTransition();
      },
      mayProbe: (now) => this.circuit.observer?.mayProbe?.(now) ?? true,
    });
    const observer: CircuitObserver | undefined = undefined;
    this.circuit = {
      name: 'inventory',
      key: undefined,
      named: true,
      machine: this.machine,
      settings,
      observer,
      ...circuit,
    };
    this.coordinator = new CircuitCoordinator({
      store: this.store,
      clock,
      random: () => 0.5,
      onEvent: (event) => this.events.push(event),
      ...coordinator,
    });
    this.coordinator.attach(this.circuit);
  }

  get state(): CircuitState {
    return this.machine.state(this.clock.monotonic());
  }

  /** One call that ends at once; false when it was refused. */
  call(outcome: 'success' | 'failure'): boolean {
    const permit = this.begin();
    if (permit === REFUSED) return false;
    this.end(permit, outcome);
    return true;
  }

  begin(): Permit {
    return this.machine.tryAcquire(this.clock.monotonic());
  }

  end(permit: Permit, outcome: 'success' | 'failure'): void {
    this.machine.release(permit, outcome, this.clock.monotonic(), this.clock.monotonic());
  }

  /** Fails until the circuit is open. */
  trip(): void {
    for (let call = 0; call < 3; call += 1) this.call('failure');
  }
}
