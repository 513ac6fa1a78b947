import type { Clock } from '../../kernel/index.js';
import type { CircuitSnapshot, CircuitState } from '../core/breaker/circuit-breaker.port.js';
import type { Circuit } from './circuit.js';
import type { CircuitHandle } from './circuit-handle.js';

/** Looks its circuit up each time: that of a key may have been forgotten and made anew. */
export class LiveCircuitHandle implements CircuitHandle {
  constructor(
    readonly name: string,
    readonly key: string | undefined,
    private readonly find: () => Circuit,
    private readonly clock: Clock,
  ) {}

  get state(): CircuitState {
    return this.find().machine.state(this.clock.monotonic());
  }

  snapshot(): CircuitSnapshot {
    return this.find().machine.snapshot(this.clock.monotonic());
  }

  forceOpen(): void {
    this.find().machine.forceOpen(this.clock.monotonic());
  }

  isolate(): void {
    this.forceOpen();
  }

  disable(): void {
    this.find().machine.disable(this.clock.monotonic());
  }

  metricsOnly(): void {
    this.find().machine.metricsOnly(this.clock.monotonic());
  }

  resume(): void {
    this.find().machine.resume(this.clock.monotonic());
  }

  close(): void {
    this.find().machine.close(this.clock.monotonic());
  }
}
