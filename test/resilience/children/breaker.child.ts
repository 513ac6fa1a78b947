/** A process with one shared breaker, driven by its parent over IPC. Its argument: options of the store, as JSON. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDbCircuitStateStore } from '../../../libs/loose-coupling/src/aws/index.js';
import type { AwsClientOptions } from '../../../libs/loose-coupling/src/aws/index.js';
import { SystemClock } from '../../../libs/loose-coupling/src/kernel/index.js';
import {
  CircuitCoordinator,
  ResilienceRegistry,
  type SharedStateOptions,
} from '../../../libs/loose-coupling/src/resilience/index.js';
import { openCircuitStateStore } from '../../../libs/loose-coupling/src/resilience/state/open-circuit-state-store.js';

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
const registry = new ResilienceRegistry({
  clock,
  policies: { inventory: { circuitBreaker: { consecutiveFailures: 3, openDuration, halfOpenCalls: 1 } } },
});
const inventory = registry.policy('inventory');
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
coordinator.attachTo(registry);

/** False when the call was refused. */
async function call(work: () => Promise<void>): Promise<boolean> {
  let allowed = false;
  const begin = () => {
    allowed = true;
    return work();
  };
  await inventory.execute(begin).catch(() => undefined);
  return allowed;
}

const fail = () => Promise.reject(new Error('inventory is down'));
const succeed = () => Promise.resolve();

async function probe(count: number, holding: number): Promise<[number, number][]> {
  const probes: [number, number][] = [];
  while (probes.length < count) {
    const began = clock.now();
    const allowed = await call(async () => {
      await sleep(holding);
      probes.push([began, clock.now()]);
      await fail();
    });
    if (!allowed) await sleep(5);
  }
  return probes;
}

/** Resolves when the call has begun; it never ends. */
async function beginProbe(): Promise<void> {
  let begun = false;
  const hang = () => {
    begun = true;
    return new Promise<void>(() => undefined);
  };
  for (;;) {
    void inventory.execute(hang).catch(() => undefined);
    await sleep(5);
    if (begun) return;
  }
}

async function answer(command: ChildCommand): Promise<Partial<ChildAnswer>> {
  switch (command.do) {
    case 'call':
      return { allowed: await call(command.outcome === 'success' ? succeed : fail) };
    case 'probe':
      return { probes: await probe(command.probes, command.holding) };
    case 'begin-probe':
      await beginProbe();
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
    if (process.connected) process.send?.({ ...partial, state: registry.circuitBreaker('inventory').state, reachable });
  });
});
