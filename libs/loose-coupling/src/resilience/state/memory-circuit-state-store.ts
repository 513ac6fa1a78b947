import { CircuitStateStore, type SharedCircuit } from './circuit-state-store.js';
import { assertGenerationGrows, unwrittenCircuit } from './shared-circuit.js';

/** Circuits shared within one process: by several applications, or by the two sides of a test. */
export class MemoryCircuitStateStore extends CircuitStateStore {
  private readonly circuits = new Map<string, SharedCircuit>();

  override async read(names: readonly string[]): Promise<readonly SharedCircuit[]> {
    return [...new Set(names)].flatMap((name) => this.circuits.get(name) ?? []);
  }

  override async write(circuit: SharedCircuit, expected: number): Promise<true | SharedCircuit> {
    assertGenerationGrows(circuit, expected);
    const stored = this.circuits.get(circuit.name) ?? unwrittenCircuit(circuit.name);
    if (stored.generation !== expected) return stored;
    this.circuits.set(circuit.name, circuit);
    return true;
  }

  /** Keeps its circuits: they belong to everybody who holds the store. */
  override async close(): Promise<void> {}
}
