import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import {
  outsideHandlerRun,
  type EventEnvelope,
  type EventStore,
  type EventSubscription,
} from '../../event-sourcing/runtime.js';
import { withCorrelation } from '../../kernel/index.js';
import { WorkflowTakenOverError } from '../errors/workflow-taken-over.error.js';
import type { WorkflowRegistry } from '../workflow-registry.js';
import { STREAM_PREFIX } from './workflow-events.js';
import { WorkflowJournal } from './workflow-journal.js';
import type { WorkflowPorts } from './workflow-ports.js';
import { WorkflowRun } from './workflow-run.js';
import type { WorkflowState } from './workflow-state.js';

interface Running {
  readonly journal: WorkflowJournal;
  readonly ended: Promise<void>;
}

interface Waiter {
  readonly promise: Promise<WorkflowState>;
  readonly resolve: (state: WorkflowState) => void;
  readonly reject: (reason: unknown) => void;
}

/** The workflows that this process takes to their end, and those who wait for one. */
export class RunningWorkflows {
  private readonly owner = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  private readonly running = new Map<string, Running>();
  private readonly waiters = new Map<string, Waiter>();
  private readonly closing = new AbortController();
  private subscription: EventSubscription | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly registry: WorkflowRegistry,
    private readonly ports: WorkflowPorts,
    private readonly report: (message: string, error: unknown) => void = () => undefined,
  ) {
    // One for each that runs, gone when it ends: as many as there are is no leak.
    setMaxListeners(0, this.closing.signal);
  }

  begin(workflowId: string): void {
    this.run(workflowId, false);
  }

  /** Finds in the feed what is unfinished, takes it on, and follows the feed from there. */
  async recover(): Promise<void> {
    const unfinished = new Map<string, EventEnvelope>();
    let position = 0;
    for await (const event of this.store.readAll()) {
      position = event.position;
      const id = workflowOf(event);
      if (id === undefined) continue;
      if (event.type === 'workflow.started') unfinished.set(id, event);
      else if (isEnd(event)) unfinished.delete(id);
    }
    if (this.closing.signal.aborted) return;
    this.subscription = this.store.subscribeToAll((event) => this.saw(event), { afterPosition: position });
    for (const [id, { metadata }] of unfinished) {
      if (this.running.has(id)) continue;
      const { correlationId, tenantId } = metadata;
      const correlation = {
        correlationId: typeof correlationId === 'string' ? correlationId : id,
        ...(typeof tenantId === 'string' && { tenantId }),
      };
      outsideHandlerRun(() => withCorrelation(correlation, () => this.run(id, true)));
    }
  }

  /** Something was stored for it that it may wait for. */
  changed(workflowId: string): void {
    const journal = this.running.get(workflowId)?.journal;
    journal?.refresh().catch(() => undefined);
  }

  /** Resolves with its last state; ask for the state in the store afterwards, as it may be over already. */
  untilEnd(workflowId: string): Promise<WorkflowState> {
    const known = this.waiters.get(workflowId);
    if (known) return known.promise;
    if (this.closing.signal.aborted) return Promise.reject(this.closing.signal.reason as Error);
    let settle: Pick<Waiter, 'resolve' | 'reject'> | undefined;
    const promise = new Promise<WorkflowState>((resolve, reject) => (settle = { resolve, reject }));
    if (settle) this.waiters.set(workflowId, { promise, ...settle });
    return promise;
  }

  async close(reason: Error): Promise<void> {
    this.closing.abort(reason);
    await this.subscription?.close();
    await Promise.all(Array.from(this.running.values(), ({ ended }) => ended));
    for (const waiter of this.waiters.values()) waiter.reject(reason);
    this.waiters.clear();
  }

  private run(workflowId: string, resumed: boolean): void {
    if (this.closing.signal.aborted) return;
    const journal = new WorkflowJournal(this.store, workflowId, this.owner, this.ports.clock, this.closing.signal);
    const ended = this.toItsEnd(journal, resumed)
      .catch((error: unknown) => {
        const foreseen = this.closing.signal.aborted || error instanceof WorkflowTakenOverError;
        if (!foreseen) this.report(`Workflow ${workflowId} stopped; it goes on when a process starts.`, error);
      })
      .finally(() => this.running.delete(workflowId));
    this.running.set(workflowId, { journal, ended });
  }

  private async toItsEnd(journal: WorkflowJournal, resumed: boolean): Promise<void> {
    await journal.refresh();
    const { state } = journal;
    if (!state.isOver) {
      const definition = this.registry.of(state);
      if (!definition) {
        const { name, version } = state.started ?? {};
        const why = `version ${version} of workflow "${name}" is not registered`;
        this.report(`Workflow ${state.workflowId} waits: ${why}.`, undefined);
        return;
      }
      if (resumed) await journal.append({ type: 'workflow.resumed', data: { by: this.owner } });
      await new WorkflowRun(definition, journal, this.ports, this.closing.signal).run();
    }
    this.settle(state);
  }

  /** Tells those who wait for it how it ended. */
  settle(state: WorkflowState): void {
    this.waiters.get(state.workflowId)?.resolve(state);
    this.waiters.delete(state.workflowId);
  }

  /** Signals to what runs here, and ends of what runs elsewhere. */
  private async saw(event: EventEnvelope): Promise<void> {
    const id = workflowOf(event);
    if (id === undefined) return;
    const journal = this.running.get(id)?.journal;
    if (journal && journal.state.version < event.version) this.changed(id);
    if (!journal && isEnd(event) && this.waiters.has(id)) {
      const ended = new WorkflowJournal(this.store, id, this.owner, this.ports.clock, this.closing.signal);
      await ended.refresh();
      this.settle(ended.state);
    }
  }
}

const workflowOf = ({ streamName }: EventEnvelope): string | undefined =>
  streamName.startsWith(STREAM_PREFIX) ? streamName.slice(STREAM_PREFIX.length) : undefined;

const isEnd = ({ type }: EventEnvelope): boolean => type === 'workflow.completed' || type === 'workflow.failed';
