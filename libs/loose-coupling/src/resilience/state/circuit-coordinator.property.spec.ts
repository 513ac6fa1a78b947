import fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { REFUSED, type Permit } from '../core/breaker/circuit-breaker.port.js';
import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';
import { BreakerProcess } from './testing/breaker-process.js';
import type { Fault } from './testing/faulty-circuit-state-store.js';

jest.setTimeout(process.env['SOAK'] === '1' ? 600_000 : 20_000);

const RUNS = process.env['SOAK'] ? 5_000 : 120;
const PROCESSES = 3;

type Step =
  | { readonly kind: 'call'; readonly process: number; readonly outcome: 'success' | 'failure' }
  | { readonly kind: 'begin' | 'end' | 'close-by-hand' | 'kill'; readonly process: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'fault'; readonly process: number; readonly fault: Fault }
  | { readonly kind: 'empty' };

const process_ = fc.nat(PROCESSES - 1);
const delays = fc.record({ before: fc.nat(200), after: fc.nat(200) });
const failing = fc.record({
  before: fc.nat(900),
  after: fc.nat(900),
  fails: fc.constantFrom('refused' as const, 'lost' as const),
});

const calls: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('call' as const), process: process_, outcome: fc.constantFrom('success', 'failure') }),
  fc.record({ kind: fc.constant('call' as const), process: process_, outcome: fc.constant('failure' as const) }),
  fc.record({ kind: fc.constantFrom('begin' as const, 'end' as const), process: process_ }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(700) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1_000, 4_000, 11_000, 21_000) }),
];
const slowness: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('fault' as const),
  process: process_,
  fault: delays,
});
const trouble: fc.Arbitrary<Step>[] = [
  slowness,
  fc.record({ kind: fc.constant('fault' as const), process: process_, fault: fc.oneof(failing, fc.constant({})) }),
  fc.record({ kind: fc.constantFrom('close-by-hand' as const, 'kill' as const), process: process_ }),
  fc.record({ kind: fc.constant('empty' as const) }),
];

/** Processes that share one circuit, and everything that can happen to them. */
class World {
  readonly clock = new FakeClock();
  private readonly shared = new MemoryCircuitStateStore();
  private readonly begun: { process: BreakerProcess; permit: Permit }[] = [];
  readonly processes = Array.from({ length: PROCESSES }, () => this.start());
  readonly violations: string[] = [];

  async run(step: Step): Promise<void> {
    if (step.kind === 'advance') return this.clock.advance(step.ms);
    if (step.kind === 'empty') return void Object.assign(this.shared, { circuits: new Map() });
    const process = this.processes[step.process]!;
    switch (step.kind) {
      case 'call':
        process.call(step.outcome);
        break;
      case 'begin':
        this.begin(process);
        break;
      case 'end': {
        const begun = this.begun.shift();
        begun?.process.end(begun.permit, 'success');
        break;
      }
      case 'close-by-hand':
        process.machine.close(this.clock.monotonic());
        break;
      case 'fault':
        process.store.fault = () => step.fault;
        break;
      case 'kill':
        // It has no time to say goodbye: its writes reach nobody any more, and nobody calls it.
        process.store.fault = () => ({ fails: 'refused' });
        process.onTransition = () => undefined;
        this.processes[step.process] = this.start();
    }
    await this.clock.advance(0);
    this.check();
  }

  /** All is well again: everybody calls, ten times a second. */
  async serve(seconds: number, outcome: 'success' | 'failure'): Promise<void> {
    for (const { store } of this.processes) store.fault = () => ({});
    for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
      for (const process of this.processes) process.call(outcome);
      await this.clock.advance(100);
      this.check();
    }
  }

  get states(): string[] {
    return this.processes.map(({ state }) => state);
  }

  private begin(process: BreakerProcess): void {
    const permit = process.begin();
    if (permit !== REFUSED) this.begun.push({ process, permit });
  }

  private start(): BreakerProcess {
    const process = new BreakerProcess(this.shared, this.clock);
    process.onTransition = () => this.check();
    return process;
  }

  private check(): void {
    const probing = this.processes.filter(({ state, coordinator }) => coordinator.reachable && state === 'half-open');
    if (probing.length > 1) this.violations.push(`${probing.length} probe at ${this.clock.monotonic()}`);
  }
}

async function runAll(steps: readonly Step[]): Promise<World> {
  const world = new World();
  for (const step of steps) await world.run(step);
  return world;
}

describe('circuits that are shared by three processes', () => {
  const options = { seed: 42, numRuns: RUNS };
  const healthy = fc.array(fc.oneof(...calls, slowness), { minLength: 20, maxLength: 80 });
  const troubled = fc.array(fc.oneof(...calls, ...trouble), { minLength: 20, maxLength: 80 });

  it('are never probed by two at once, however slow the store is', () =>
    fc.assert(
      fc.asyncProperty(healthy, async (steps) => {
        const { violations } = await runAll(steps);
        expect(violations).toEqual([]);
      }),
      options,
    ));

  it('are closed everywhere in the end, whatever has happened', () =>
    fc.assert(
      fc.asyncProperty(troubled, async (steps) => {
        const world = await runAll(steps);
        await world.serve(60, 'success');
        expect({ states: world.states, violations: world.violations }).toEqual({
          states: ['closed', 'closed', 'closed'],
          violations: [],
        });
      }),
      { ...options, numRuns: RUNS / 2 },
    ));

  it('are open everywhere while every call fails, whatever has happened before', () =>
    fc.assert(
      fc.asyncProperty(troubled, async (steps) => {
        const world = await runAll(steps);
        await world.serve(30, 'failure');
        expect(world.states).not.toContain('closed');
      }),
      { ...options, numRuns: RUNS / 2 },
    ));

  it('leave no timer behind', () =>
    fc.assert(
      fc.asyncProperty(troubled, async (steps) => {
        const world = await runAll(steps);
        for (const { store } of world.processes) store.fault = () => ({});
        await world.clock.advance(2_000);
        const { pendingTimers } = world.clock;
        const killed = steps.filter(({ kind }) => kind === 'kill').length;
        const closing = Promise.all(world.processes.map(({ coordinator }) => coordinator.close()));
        await world.clock.advance(1_000);
        await closing;
        expect(pendingTimers - world.clock.pendingTimers).toBeGreaterThanOrEqual(PROCESSES);
        // Those of killed processes end with them; here they go on.
        expect(world.clock.pendingTimers).toBeLessThanOrEqual(killed);
      }),
      { ...options, numRuns: RUNS / 4 },
    ));
});
