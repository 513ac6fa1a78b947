import type { Clock } from '../../kernel/index.js';
import type { CircuitBreaker } from '../core/breaker/circuit-breaker.js';
import { resolveCircuitBreakerSettings } from '../core/breaker/circuit-breaker.settings.js';
import type { CircuitBreakerSettings } from '../options/circuit-breaker.options.js';
import type { CircuitBreakerPart } from '../pipeline/policy-set.port.js';
import type { CircuitEntry } from './circuit-entry.js';
import type { CircuitKind } from './circuit-kind.js';
import type { KeyOf, LivePart, OptionsOf } from './live-part.js';
import { MachineGroup } from './machine-group.js';
import { outcomeOfErrorBy, outcomeOfResultBy } from './outcome-of.js';

/** The circuits of one policy. */
export class LiveCircuitBreaker implements LivePart<'circuitBreaker'> {
  readonly circuits: MachineGroup<CircuitBreaker, CircuitBreakerSettings, CircuitEntry>;
  private readonly kind: CircuitKind;

  constructor(
    private options: OptionsOf<'circuitBreaker'>,
    clock: Clock,
    createKind: (settings: CircuitBreakerSettings) => CircuitKind,
  ) {
    const settings = resolveCircuitBreakerSettings(options);
    this.kind = createKind(settings);
    this.circuits = new MachineGroup(this.kind, settings, options, clock);
  }

  configure(options: OptionsOf<'circuitBreaker'>): void {
    this.options = options;
    this.circuits.reconfigure(resolveCircuitBreakerSettings(options), options);
  }

  part(key: KeyOf): CircuitBreakerPart {
    return {
      name: this.kind.name,
      slot: this.circuits.slot(key ?? this.options.key),
      outcomeOfError: outcomeOfErrorBy(this.options),
      outcomeOfResult: outcomeOfResultBy(this.options),
    };
  }

  /** Nobody uses the policy any more. */
  forget(): void {
    for (const circuit of this.circuits.entries()) this.kind.forgotten(circuit);
  }
}
