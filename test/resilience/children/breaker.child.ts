/** A process with one shared breaker, driven by its parent over IPC. Its argument: options of the store, as JSON. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDbCircuitStateStore } from '../../../libs/loose-coupling/src/aws/index.js';
import type { AwsClientOptions } from '../../../libs/loose-coupling/src/aws/index.js';
import { SystemClock } from '../../../libs/loose-coupling/src/kernel/index.js';
import { CircuitBreaker } from '../../../libs/loose-coupling/src/resilience/core/breaker/circuit-breaker.js';
import { resolveCircuitBreakerSettings } from '../../../libs/loose-coupling/src/resilience/core/breaker/circuit-breaker.settings.js';
import type { Circuit } from '../../../libs/loose-coupling/src/resilience/registry/circuit.js';
import { CircuitCoordinator } from '../../../libs/loose-coupling/src/resilience/state/circuit-coordinator.js';
import { openCircuitStateStore } from '../../../libs/loose-coupling/src/resilience/state/open-circuit-state-store.js';
import type { SharedStateOptions } from '../../../libs/loose-coupling/src/resilience/state/shared-state.options.js';

export interface ChildSettings {
  readonly sharedState: SharedStateOptions;
  readonly aws?: AwsClientOptions;
  readonly openDuration: number;
}

export type ChildCommand =
  | { readonly do: 'call'; readonly outcome: 'success' | 'failure' }
  /** Probes until so many probes have failed, each after `holding` ms. */
  | { readonly do: 'probe'; readonly probes: number; readonly holding: number }
  /** Begins a probe, and never ends it. */
  | { readonly do: 'begin-probe' }
  | { readonly do: 'look' | 'close' };

export interface ChildAnswer {
  readonly allowed?: boolean;
  readonly state: string;
  readonly reachable: readonly boolean[];
  /** When each probe began and ended. */
  readonly probes?: readonly (readonly [number, number])[];
}

const { sharedState, aws, openDuration } = JSON.parse(process.argv[2] as string) as ChildSettings;
const clock = new SystemClock();
const now = () => clock.monotonic();
const settings = resolveCircuitBreakerSettings({ consecutiveFailures: 3, openDuration, halfOpenCalls: 1 });
const machine = new CircuitBreaker(settings, {
  onTransition: (transition) => circuit.observer?.onTransition?.(transition),
  mayProbe: (time) => circuit.observer?.mayProbe?.(time) ?? true,
});
const circuit: Circuit = { name: 'inventory', key: undefined, named: true, machine, settings, observer: undefined };
const reachable: boolean[] = [];
const coordinator = new CircuitCoordinator({
  ...sharedState,
  clock,
  store: openCircuitStateStore(
    sharedState,
    clock,
    (store) => new DynamoDbCircuitStateStore({ ...store, ...(aws && { aws }) }),
  ),
  onEvent: (event) => event.type === 'shared-state' && reachable.push(event.reachable),
});
coordinator.attach(circuit);

function call(outcome: 'success' | 'failure'): boolean {
  const permit = machine.tryAcquire(now());
  if (permit === 0) return false;
  machine.release(permit, outcome, now(), now());
  return true;
}

async function probe(count: number, holding: number): Promise<[number, number][]> {
  const probes: [number, number][] = [];
  while (probes.length < count) {
    const permit = machine.tryAcquire(now());
    if (permit === 0) {
      await sleep(5);
      continue;
    }
    const began = clock.now();
    await sleep(holding);
    machine.release(permit, 'failure', now(), now());
    probes.push([began, clock.now()]);
  }
  return probes;
}

async function answer(command: ChildCommand): Promise<Partial<ChildAnswer>> {
  switch (command.do) {
    case 'call':
      return { allowed: call(command.outcome) };
    case 'probe':
      return { probes: await probe(command.probes, command.holding) };
    case 'begin-probe':
      while (machine.tryAcquire(now()) === 0) await sleep(5);
      return {};
    case 'close':
      await coordinator.close();
      process.disconnect?.();
      return {};
    case 'look':
      return {};
  }
}

process.on('message', (command: ChildCommand) => {
  void answer(command).then((partial) => {
    if (process.connected) process.send?.({ ...partial, state: machine.state(now()), reachable });
  });
});
