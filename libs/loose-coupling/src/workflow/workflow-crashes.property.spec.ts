import * as fc from 'fast-check';
import { EventStore, MemoryEventStore, type ProcessIndex } from '../event-sourcing/runtime.js';
import { createEnvelope } from '../messaging/index.js';
import { FakeClock } from '../testing/fake-clock.js';
import { defineWorkflow } from './definition/define-workflow.js';
import type { WorkflowStep } from './definition/workflow-step.js';
import type { WorkflowPorts } from './engine/workflow-ports.js';
import { WorkflowOrchestrator } from './workflow-orchestrator.js';
import { WorkflowRegistry } from './workflow-registry.js';

jest.setTimeout(60_000);

const LEASE_MS = 3_000;

/** A process that stops dead at one of its awaits: before something is stored, or before it hears that it was. */
function dying(
  store: MemoryEventStore,
  awaits: number,
): { store: EventStore; processes: ProcessIndex; dead: Promise<void>; touch: () => Promise<void> } {
  let left = awaits;
  let die: () => void = () => undefined;
  const dead = new Promise<void>((resolve) => (die = resolve));
  const touch = (): Promise<void> => {
    if (left-- > 0) return Promise.resolve();
    die();
    return new Promise(() => undefined);
  };
  const mortal = Object.create(store) as MemoryEventStore;
  mortal.commit = async (...args) => {
    await touch();
    const result = await store.commit(...args);
    await touch();
    return result;
  };
  return { store: mortal, processes: store.processes, dead, touch };
}

interface Seen {
  /** Every attempt, also those of processes that died on it. */
  readonly keys: string[];
  /** Effects of which it is stored that they are done. */
  readonly done: Set<string>;
  /** Those that were done again nevertheless. */
  readonly repeated: string[];
  /** Messages that were stored to leave. */
  readonly published: string[];
}

function processOn(mortal: ReturnType<typeof dying>, clock: FakeClock, seen: Seen, fails: string | undefined) {
  const effect = async (key: string, name: string) => {
    await mortal.touch();
    seen.keys.push(key);
    if (seen.done.has(key)) seen.repeated.push(key);
    await mortal.touch();
    if (name !== fails) return name;
    // Late, so that the branch beside it has come further.
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    throw new Error('refused');
  };
  const task = (name: string): WorkflowStep => ({
    kind: 'task',
    name,
    retry: { attempts: 1 },
    run: ({ idempotencyKey }) => effect(idempotencyKey, name),
    compensate: ({ idempotencyKey }) => effect(idempotencyKey, ''),
  });
  const workflow = defineWorkflow({
    name: 'w',
    steps: [
      task('1'),
      task('2'),
      { kind: 'delay', name: '3', ms: 1_000 },
      {
        kind: 'parallel',
        name: '4',
        branches: [['4a', '4d', '4e', '4f', '4g', '4h'].map(task), [task('4b'), task('4c')]],
      },
      { kind: 'forEach', name: '5', items: ['x', 'y'], steps: [task('5i')] },
      task('6'),
      task('7'),
      task('8'),
    ],
  });
  const ports: WorkflowPorts = {
    clock,
    request: () => Promise.reject(new Error('there are none')),
    message: (contract, data) =>
      Promise.resolve({
        kind: contract.kind,
        destination: contract.name,
        fifo: false,
        envelope: createEnvelope({ contract, data, source: 'test', now: clock.now() }),
      }),
  };
  const registry = new WorkflowRegistry();
  registry.add(workflow as never);
  return {
    orchestrator: new WorkflowOrchestrator({ events: mortal.store, processes: mortal.processes }, registry, ports),
    workflow,
  };
}

const partition = (keys: readonly string[], is: (key: string) => boolean) =>
  [keys.filter(is), keys.filter((key) => !is(key))] as const;

const FORWARDS = ['1', '2', '4a', '4d', '4e', '4f', '4g', '4h', '4b', '4c', '5[0]/5i', '5[1]/5i', '6', '7', '8'];
const expected = (fails: string | undefined): string[] => {
  const done = fails === undefined ? FORWARDS : FORWARDS.slice(0, FORWARDS.indexOf(fails) + 1);
  const undone = fails === undefined ? [] : done.slice(0, -1).map((path) => `${path}/compensate`);
  return [...done, ...undone].map((path) => `w/${path}`).toSorted();
};

describe('a workflow whose processes die', () => {
  it('comes to the same end with each effect under one key, wherever they die', async () => {
    const lives = fc.array(fc.nat(40), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lives, fc.constantFrom(undefined, '7', '2', '4c'), async (awaits, fails) => {
        const clock = new FakeClock();
        const store = new MemoryEventStore({ clock });
        const seen: Seen = { keys: [], done: new Set(), repeated: [], published: [] };
        const commit = store.commit.bind(store);
        store.commit = async (what) => {
          const result = await commit(what);
          for (const { type, data } of what.appends.flatMap(({ events }) => events)) {
            const key = `w/${(data as { path?: string }).path}`;
            if (type === 'workflow.stepCompleted') seen.done.add(key);
            if (type === 'workflow.compensated') seen.done.add(`${key}/compensate`);
          }
          seen.published.push(...(what.messages ?? []).map(({ envelope }) => envelope.type));
          return result;
        };
        let status: string | undefined;
        for (const life of [...awaits, Infinity]) {
          const mortal = dying(store, life);
          const { orchestrator, workflow } = processOn(mortal, clock, seen, fails);
          const ended = orchestrator
            .recover()
            .then(() => orchestrator.execute(workflow, null, { workflowId: 'w' }))
            .then((result) => void (status = result.status));
          const state = { over: false };
          void Promise.race([ended, mortal.dead]).then(() => (state.over = true));
          // Another life begins while the lease of the one before is in force.
          while (!state.over) await clock.advance(LEASE_MS / 3);
        }
        expect(status).toBe(fails === undefined ? 'completed' : 'failed');
        // How far one branch comes before the other fails is open.
        if (fails !== '4c') expect([...new Set(seen.keys)].toSorted()).toEqual(expected(fails));
        const [undone, done] = partition([...seen.done], (key) => key.endsWith('/compensate'));
        expect(undone.toSorted()).toEqual(fails === undefined ? [] : done.map((key) => `${key}/compensate`).toSorted());
        expect(seen.repeated).toEqual([]);
        expect(seen.published).toEqual([fails === undefined ? 'WorkflowCompleted' : 'WorkflowFailed']);
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 10_000 : 200 },
    );
  });
});
