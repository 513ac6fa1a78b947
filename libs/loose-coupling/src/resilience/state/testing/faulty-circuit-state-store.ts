import { type Clock, sleep } from '../../../kernel/index.js';
import { CircuitStateStore, type SharedCircuit } from '../circuit-state-store.js';

/** What happens to one call: before it takes effect, or after. */
export interface Fault {
  /** Milliseconds until it takes effect, and until the answer comes. */
  readonly before?: number;
  readonly after?: number;
  /** `refused`: it has no effect. `lost`: it has, and nobody hears of it. */
  readonly fails?: 'refused' | 'lost';
}

/** A process's way to a store that is shared with others, with faults on it. */
export class FaultyCircuitStateStore extends CircuitStateStore {
  /** Asked for each call. */
  fault: (operation: 'read' | 'write') => Fault = () => ({});
  reads = 0;
  readonly writes: SharedCircuit[] = [];
  closed = false;

  constructor(
    private readonly store: CircuitStateStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  override read(names: readonly string[]): Promise<readonly SharedCircuit[]> {
    this.reads += 1;
    return this.run('read', () => this.store.read(names));
  }

  override write(circuit: SharedCircuit, expected: number): Promise<true | SharedCircuit> {
    this.writes.push(circuit);
    return this.run('write', () => this.store.write(circuit, expected));
  }

  override async close(): Promise<void> {
    this.closed = true;
  }

  private async run<Result>(operation: 'read' | 'write', work: () => Promise<Result>): Promise<Result> {
    const { before = 0, after = 0, fails } = this.fault(operation);
    if (before > 0) await sleep(this.clock, before);
    if (fails === 'refused') throw new Error(`${operation} refused`);
    const result = await work();
    if (after > 0) await sleep(this.clock, after);
    if (fails === 'lost') throw new Error(`reply of ${operation} lost`);
    return result;
  }
}
