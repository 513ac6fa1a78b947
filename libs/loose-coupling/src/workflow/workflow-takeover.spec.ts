import { MemoryEventStore } from '../event-sourcing/runtime.js';
import { LooseCouplingError } from '../kernel/index.js';
import { damagingProtection } from '../event-sourcing/testing/damaging-protection.js';
import { createEnvelope } from '../messaging/index.js';
import { FakeClock } from '../testing/fake-clock.js';
import { defineWorkflow } from './definition/define-workflow.js';
import type { WorkflowStep } from './definition/workflow-step.js';
import type { WorkflowPorts } from './engine/workflow-ports.js';
import { WorkflowOrchestrator } from './workflow-orchestrator.js';
import { WorkflowRegistry } from './workflow-registry.js';

const LEASE_MS = 9_000;

class TooLargeError extends LooseCouplingError {
  readonly code = 'LC_COMMIT_TOO_LARGE';

  constructor() {
    super('too large');
  }
}

/** One store, and processes on it. A process stops when its writes no longer come through. */
function world() {
  const clock = new FakeClock();
  const damaged = new Set<string>();
  const protection = damagingProtection(({ streamName, type }) => damaged.has(`${streamName}: ${type}`));
  const store = new MemoryEventStore({ clock, protection });
  const faults: string[] = [];
  const log: string[] = [];
  const process = (name: string, more: { knows?: boolean; steps?: readonly WorkflowStep[] } = {}) => {
    const events = Object.create(store) as MemoryEventStore;
    const state = { stopped: false };
    events.commit = (commit) => (state.stopped ? new Promise(() => undefined) : store.commit(commit));
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
    const steps: readonly WorkflowStep[] = more.steps ?? [
      { kind: 'task', name: 'a', run: () => void log.push(`${name}: a`) },
      { kind: 'delay', name: 'pause', ms: 60_000 },
      { kind: 'task', name: 'b', run: () => void log.push(`${name}: b`) },
      { kind: 'wait', name: 'go' },
    ];
    const registry = new WorkflowRegistry();
    const workflow = defineWorkflow({ name: 'w', steps });
    if (more.knows !== false) registry.add(workflow as never);
    const orchestrator = new WorkflowOrchestrator({ events, processes: store.processes }, registry, ports, {
      leaseMs: LEASE_MS,
      report: (message) => faults.push(`${name}: ${message}`),
    });
    return { orchestrator, workflow, events, stop: () => (state.stopped = true), goOn: () => (state.stopped = false) };
  };
  return { clock, store, damaged, process, faults, log };
}

describe('workflows of several processes on one store', () => {
  it('are left to the process that has them while it lives', async () => {
    const { clock, process, log } = world();
    const [one, other] = [process('one'), process('other')];
    await one.orchestrator.recover();
    await other.orchestrator.recover();
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await clock.advance(60_000);
    expect(log).toEqual(['one: a', 'one: b']);
  });

  it('are taken on when its lease has run out, and it stops when it goes on', async () => {
    const { clock, process, log, store } = world();
    const [one, other] = [process('one'), process('other')];
    await other.orchestrator.recover();
    await one.orchestrator.recover();
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await clock.advance(0);
    one.stop();
    await clock.advance(LEASE_MS * 2);
    one.goOn();
    await clock.advance(60_000);
    expect(log).toEqual(['one: a', 'other: b']);
    const types: string[] = [];
    for await (const { type } of store.readStream('workflow-x')) types.push(type);
    expect(types.filter((type) => type === 'workflow.resumed')).toHaveLength(1);
    expect(types.filter((type) => type === 'workflow.stepCompleted')).toHaveLength(2);
  });

  it('are waited for elsewhere, also behind one whose end cannot be read', async () => {
    const { clock, process, damaged } = world();
    const steps: readonly WorkflowStep[] = [{ kind: 'delay', name: 'pause', ms: 1_000 }];
    const [one, other] = [process('one', { steps }), process('other', { steps })];
    await one.orchestrator.recover();
    await other.orchestrator.recover();
    for (const workflowId of ['x', 'y']) await one.orchestrator.start(one.workflow, null, { workflowId });
    const ends = ['x', 'y'].map((id) => other.orchestrator.result(id).catch((error: unknown) => error));
    await clock.advance(500);
    damaged.add('workflow-x: workflow.completed');
    await clock.advance(1_000);
    expect(await Promise.all(ends)).toEqual([
      expect.objectContaining({ code: 'LC_UNREADABLE_EVENT', streamName: 'workflow-x' }),
      expect.objectContaining({ status: 'completed' }),
    ]);
    await Promise.all([one, other].map(({ orchestrator }) => orchestrator.close()));
  });

  it('are taken on at once when it has shut down', async () => {
    const { clock, process, log } = world();
    const [one, other] = [process('one'), process('other')];
    await other.orchestrator.recover();
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await clock.advance(0);
    await one.orchestrator.close();
    await clock.advance(LEASE_MS / 3);
    await clock.advance(60_000);
    expect(log).toEqual(['one: a', 'other: b']);
  });

  it('are gone on with where nobody was told that they were stored', async () => {
    const { clock, process, store, log } = world();
    const one = process('one');
    await one.orchestrator.recover();
    const commit = store.commit.bind(store);
    store.commit = async (given) => {
      if (given.appends[0]?.events[0]?.type !== 'workflow.started') return commit(given);
      await commit(given);
      store.commit = commit;
      throw new Error('the store is away');
    };
    await expect(one.orchestrator.start(one.workflow, null, { workflowId: 'x' })).rejects.toThrow('away');
    await clock.advance(LEASE_MS * 6);
    expect(log).toEqual(['one: a']);
    await one.orchestrator.close();
  });

  it('are begun by no other process, nor again by their own, when they stopped for good', async () => {
    const { clock, process, store, log, faults } = world();
    const one = process('one', { steps: [{ kind: 'task', name: 'a', run: () => void log.push('one: a') }] });
    await one.orchestrator.recover();
    const commit = store.commit.bind(store);
    store.commit = async (given) => {
      const [event] = given.appends[0]?.events ?? [];
      if (event === undefined || event.type === 'workflow.started') return commit(given);
      throw new TooLargeError();
    };
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await clock.advance(LEASE_MS * 20);
    expect(log).toEqual(['one: a']);
    expect(faults).toHaveLength(1);
    store.commit = commit;
    await one.orchestrator.close();
  });

  it('wait for a process that knows them', async () => {
    const { clock, process, log, faults } = world();
    const one = process('one');
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await clock.advance(0);
    await one.orchestrator.close();
    const ignorant = process('ignorant', { knows: false });
    await ignorant.orchestrator.recover();
    await clock.advance(LEASE_MS * 10);
    expect(faults).toEqual([expect.stringMatching(/^ignorant: Workflow x waits .*version 1 of workflow "w"/)]);
    const other = process('other');
    await other.orchestrator.recover();
    await clock.advance(LEASE_MS * 10);
    expect(log).toEqual(['one: a', 'other: b']);
  });

  it('are found by a process that starts without reading what is over', async () => {
    const { clock, process, store, log } = world();
    const one = process('one');
    const short = defineWorkflow({ name: 'short', steps: [{ kind: 'task', name: 'a', run: () => 'done' }] });
    for (let each = 0; each < 50; each++) await one.orchestrator.execute(short);
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await clock.advance(0);
    await one.orchestrator.close();
    let events = 0;
    const readAll = store.readAll.bind(store);
    store.readAll = async function* counted(options) {
      for await (const event of readAll(options)) {
        events += 1;
        yield event;
      }
    };
    await process('other').orchestrator.recover();
    expect(events).toBeLessThan(20);
    await clock.advance(60_000);
    expect(log).toEqual(['one: a', 'other: b']);
  });

  it('stay with a process that takes longer than its lease to take on those of another', async () => {
    const { clock, process, store, log } = world();
    const [dead, busy, other] = [process('dead'), process('busy'), process('other')];
    await dead.orchestrator.start(dead.workflow, null, { workflowId: 'left' });
    await clock.advance(0);
    dead.stop();
    await clock.advance(LEASE_MS * 2);
    let read: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (read = resolve));
    busy.events.readStream = async function* slowly(name, options) {
      if (name === 'workflow-left') await slow;
      yield* store.readStream(name, options);
    };
    await busy.orchestrator.start(busy.workflow, null, { workflowId: 'own' });
    const recovered = busy.orchestrator.recover();
    await clock.advance(0);
    expect(log).toEqual(['dead: a', 'busy: a']);
    void other.orchestrator.recover();
    await clock.advance(LEASE_MS * 3);
    const resumes = async (id: string) => {
      const types: string[] = [];
      for await (const { type } of store.readStream(`workflow-${id}`)) types.push(type);
      return types.filter((type) => type === 'workflow.resumed').length;
    };
    expect([await resumes('own'), await resumes('left')]).toEqual([0, 1]);
    read();
    await recovered;
    await clock.advance(60_000);
    expect(log.toSorted()).toEqual(['busy: a', 'busy: b', 'dead: a', 'other: b']);
    // Not taken from the other one, which is alive.
    expect([await resumes('own'), await resumes('left')]).toEqual([0, 1]);
  });

  it('tell a process that waits for them how they ended, also when that was before it followed the feed', async () => {
    const { clock, process } = world();
    const [one, other] = [process('one'), process('other')];
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    const waiting = other.orchestrator.result('x');
    await clock.advance(60_000);
    await one.orchestrator.signal('x', 'go');
    await clock.advance(0);
    expect((await one.orchestrator.query('x')).status).toBe('completed');
    let ended: unknown;
    void waiting.then(({ status }) => (ended = status));
    await other.orchestrator.recover();
    await clock.advance(0);
    expect(ended).toBe('completed');
  });

  it('are not waited for any longer where there is none of that id, and still by others who have asked', async () => {
    const { clock, process } = world();
    const [one, other] = [process('one'), process('other')];
    const reads: string[] = [];
    const { readStream } = other.events;
    let fails = false;
    other.events.readStream = (name, options) => {
      reads.push(name);
      if (fails) throw new Error('busy');
      return readStream.call(other.events, name, options);
    };
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    await expect(other.orchestrator.result('none')).rejects.toMatchObject({ code: 'LC_UNKNOWN_WORKFLOW' });
    const waiting = other.orchestrator.result('x');
    fails = true;
    await expect(other.orchestrator.result('x')).rejects.toThrow('busy');
    fails = false;
    await clock.advance(60_000);
    await one.orchestrator.signal('x', 'go');
    await clock.advance(0);
    reads.length = 0;
    await other.orchestrator.recover();
    expect(await waiting).toMatchObject({ status: 'completed' });
    expect(reads.filter((name) => name === 'workflow-none')).toEqual([]);
    await Promise.all([one, other].map(({ orchestrator }) => orchestrator.close()));
  });

  it('keep no process from starting when one that is waited for cannot be read any more', async () => {
    const { clock, process, damaged } = world();
    const [one, other] = [process('one'), process('other')];
    await one.orchestrator.start(one.workflow, null, { workflowId: 'x' });
    const waiting = other.orchestrator.result('x').catch((error: unknown) => error);
    await clock.advance(0);
    damaged.add('workflow-x: workflow.stepCompleted');
    await other.orchestrator.recover();
    expect(await waiting).toMatchObject({ code: 'LC_UNREADABLE_EVENT' });
    await other.orchestrator.close();
  });
});
