import { setMaxListeners } from 'node:events';
import {
  outsideHandlerRun,
  withAllTenants,
  withTenant,
  type EventEnvelope,
  type EventSubscription,
} from '../../event-sourcing/runtime.js';
import { isLooseCouplingError, withCorrelation } from '../../kernel/index.js';
import { WorkflowTakenOverError } from '../errors/workflow-taken-over.error.js';
import type { WorkflowRegistry } from '../workflow-registry.js';
import { endOfFeed } from './end-of-feed.js';
import { LeaseRenewal } from './lease-renewal.js';
import { STREAM_PREFIX, streamOf } from './workflow-events.js';
import { WorkflowJournal } from './workflow-journal.js';
import {
  keyOf,
  WorkflowOwners,
  type OwnedWorkflow,
  type WorkflowPlace,
  type WorkflowStores,
} from './workflow-owners.js';
import type { WorkflowPorts } from './workflow-ports.js';
import { WorkflowRun } from './workflow-run.js';
import type { WorkflowState } from './workflow-state.js';
import { WorkflowTakeover } from './workflow-takeover.js';

interface Running {
  readonly journal: WorkflowJournal;
  readonly ended: Promise<void>;
}

interface Waiter {
  readonly place: WorkflowPlace;
  /** How many wait. */
  count: number;
  readonly promise: Promise<WorkflowState>;
  readonly resolve: (state: WorkflowState) => void;
  readonly reject: (reason: unknown) => void;
}

/** Somebody's wait for the end of a workflow. */
export interface WaitForEnd {
  /** Resolves with its last state; ask for the state in the store afterwards, as it may be over already. Nobody need look at it. */
  readonly ended: Promise<WorkflowState>;
  /** Waits no longer. */
  leave(): void;
}

/** The workflows that this process takes to their end, and those who wait for one; each is known by its `keyOf`. */
export class RunningWorkflows {
  private readonly owners: WorkflowOwners;
  private readonly renewal: LeaseRenewal;
  private readonly takeover: WorkflowTakeover;
  private readonly running = new Map<string, Running>();
  private readonly waiters = new Map<string, Waiter>();
  /** Of which it was said that they go on in another process: their definition is missing, or what they came to cannot be stored. */
  private readonly stopped = new Set<string>();
  private readonly closing = new AbortController();
  private readonly report: (message: string, error: unknown) => void;
  private subscription: EventSubscription | undefined;

  constructor(
    private readonly stores: WorkflowStores,
    private readonly registry: WorkflowRegistry,
    private readonly ports: WorkflowPorts,
    leaseMs: number,
    report: (message: string, error: unknown) => void = () => undefined,
  ) {
    this.report = (message, error) => {
      if (!isClosed(error)) report(message, error);
    };
    this.owners = new WorkflowOwners(stores, ports.clock, leaseMs);
    this.renewal = new LeaseRenewal(this.owners, ports.clock, this.report);
    const isKnown = (key: string) => this.running.has(key) || this.stopped.has(key);
    this.takeover = new WorkflowTakeover(this.owners, ports.clock, (left) => this.take(left), isKnown, this.report);
    // One for each that runs, gone when it ends: as many as there are is no leak.
    setMaxListeners(0, this.closing.signal);
  }

  /** Under which name this process stores workflows; it must have joined for them to be safe from others. */
  async join(): Promise<string> {
    await this.owners.join();
    this.renewal.keep();
    return this.owners.owner;
  }

  begin(workflowId: string): void {
    this.run(workflowId);
  }

  /** Takes on what others have left, now and from now on, and follows the feed. */
  async recover(): Promise<void> {
    const afterPosition = await endOfFeed(this.stores.events);
    if (this.closing.signal.aborted) return;
    // What becomes of a workflow that was damaged is found out when it is read itself.
    const options = { afterPosition, onUnreadable: () => undefined };
    const { events } = this.stores;
    this.subscription ??= withAllTenants(() => events.subscribeToAll((event) => this.saw(event), options));
    // What ended before is in no event that comes.
    const places = Array.from(this.waiters.values(), ({ place }) => place);
    await Promise.all(places.map((place) => this.look(place).catch((error) => this.giveUp(place, error))));
    await this.join();
    await this.takeover.start();
  }

  /** Something was stored for it that it may wait for. */
  changed(workflowId: string): void {
    const journal = this.running.get(keyOf(this.here(workflowId)))?.journal;
    journal?.refresh().catch(() => undefined);
  }

  untilEnd(workflowId: string): WaitForEnd {
    const place = this.here(workflowId);
    const key = keyOf(place);
    const waiter = this.waiters.get(key) ?? newWaiter(place);
    if (this.closing.signal.aborted) waiter.reject(this.closing.signal.reason);
    else this.waiters.set(key, waiter);
    waiter.count += 1;
    const leave = () => {
      waiter.count -= 1;
      if (waiter.count === 0 && this.waiters.get(key) === waiter) this.waiters.delete(key);
    };
    return { ended: waiter.promise, leave };
  }

  async close(reason: Error): Promise<void> {
    this.closing.abort(reason);
    await this.takeover.close();
    await this.subscription?.close();
    await Promise.all(Array.from(this.running.values(), ({ ended }) => ended));
    // Not before: what is being stored is still ours.
    await this.renewal.close();
    await this.owners.leave().catch((error: unknown) => {
      // The store went first, as it does when the start has failed: our lease runs out by itself.
      if (!isClosed(error)) throw error;
    });
    for (const waiter of this.waiters.values()) waiter.reject(reason);
    this.waiters.clear();
  }

  /** Resolves when it is ours, or not for us to have. */
  private async take(workflow: OwnedWorkflow): Promise<void> {
    const key = keyOf(workflow);
    if (this.running.has(key) || this.stopped.has(key)) return;
    await ofTenant(workflow, () => this.takeFrom(workflow));
  }

  private async takeFrom({ id: workflowId, owner }: OwnedWorkflow): Promise<void> {
    const streamName = streamOf(workflowId);
    for await (const { metadata } of this.stores.events.readStream(streamName, { limit: 1 })) {
      const { correlationId, tenantId } = metadata;
      const correlation = {
        correlationId: typeof correlationId === 'string' ? correlationId : workflowId,
        ...(typeof tenantId === 'string' && { tenantId }),
      };
      await outsideHandlerRun(() => withCorrelation(correlation, () => this.run(workflowId, owner)));
    }
  }

  /** Resolves when it is ours, or not for us to have. */
  private run(workflowId: string, takenFrom?: string): Promise<void> {
    const key = keyOf(this.here(workflowId));
    if (this.closing.signal.aborted || this.running.has(key)) return Promise.resolve();
    const journal = this.journalOf(workflowId);
    let decided: () => void = () => undefined;
    let isBegun = false;
    const decision = new Promise<void>((resolve) => (decided = resolve));
    const ended = this.toItsEnd(journal, takenFrom, () => {
      isBegun = true;
      decided();
    })
      .catch((error: unknown) => {
        const foreseen = this.closing.signal.aborted || error instanceof WorkflowTakenOverError;
        if (foreseen) return;
        // What could not even be read is looked at again.
        if (isBegun) this.stopped.add(key);
        this.report(`Workflow ${key} stopped; it goes on when a process starts.`, error);
      })
      .finally(() => {
        this.running.delete(key);
        decided();
      });
    this.running.set(key, { journal, ended });
    return decision;
  }

  private async toItsEnd(journal: WorkflowJournal, takenFrom: string | undefined, decided: () => void): Promise<void> {
    await journal.refresh();
    const { state } = journal;
    // Somebody was faster, and is at work on it.
    if (takenFrom !== undefined && (state.resumedBy ?? takenFrom) !== takenFrom) return;
    if (!state.isOver) {
      const definition = this.registry.of(state);
      if (!definition) return this.reportUndefined(state);
      if (takenFrom !== undefined) await journal.append({ type: 'workflow.resumed', data: { by: this.owners.owner } });
      decided();
      await new WorkflowRun(definition, journal, this.ports, this.closing.signal).run();
    }
    this.settle(state);
  }

  private reportUndefined({ workflowId, started }: WorkflowState): void {
    const key = keyOf(this.here(workflowId));
    this.stopped.add(key);
    const { name, version } = started ?? {};
    const why = `version ${version} of workflow "${name}" is not registered`;
    this.report(`Workflow ${key} waits for a process that knows it: ${why} here.`, undefined);
  }

  private journalOf(workflowId: string): WorkflowJournal {
    const place = this.here(workflowId);
    return new WorkflowJournal(this.stores.events, place, this.owners, this.ports.clock, this.closing.signal);
  }

  /** Tells those who wait for it how it ended. */
  settle(state: WorkflowState): void {
    const key = keyOf(this.here(state.workflowId));
    this.waiters.get(key)?.resolve(state);
    this.waiters.delete(key);
  }

  /** An id as the work in progress means it. */
  private here(id: string): WorkflowPlace {
    const tenantId = this.stores.tenantOf?.();
    return tenantId === undefined ? { id } : { id, tenantId };
  }

  /** Signals to what runs here, and ends of what runs elsewhere. */
  private async saw(event: EventEnvelope): Promise<void> {
    const id = workflowOf(event, this.stores.tenantOf?.());
    if (id === undefined) return;
    const place = this.here(id);
    const journal = this.running.get(keyOf(place))?.journal;
    if (journal && journal.state.version < event.version) this.changed(id);
    if (!journal && mayBeEnd(event) && this.waiters.has(keyOf(place)))
      await this.look(place).catch((error) => this.giveUp(place, error));
  }

  /** On one that cannot be read, which would hold up all others. */
  private giveUp(place: WorkflowPlace, error: unknown): void {
    if (!isLooseCouplingError(error, 'LC_UNREADABLE_EVENT')) throw error;
    const key = keyOf(place);
    this.waiters.get(key)?.reject(error);
    this.waiters.delete(key);
  }

  /** Tells those who wait for it how it ended, if it has. */
  private look(place: WorkflowPlace): Promise<void> {
    return ofTenant(place, async () => {
      const journal = this.journalOf(place.id);
      await journal.refresh();
      if (journal.state.isOver) this.settle(journal.state);
    });
  }
}

function newWaiter(place: WorkflowPlace): Waiter {
  let settle: Pick<Waiter, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<WorkflowState>((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => undefined);
  return { place, count: 0, promise, ...settle };
}

const ofTenant = <Result>({ tenantId }: WorkflowPlace, work: () => Result): Result =>
  tenantId === undefined ? work() : withTenant(tenantId, work);

/** In the feed of all tenants, names begin with the tenant. */
function workflowOf({ streamName }: EventEnvelope, tenant: string | undefined): string | undefined {
  const name = tenant === undefined ? streamName : streamName.slice(tenant.length + 1);
  return name.startsWith(STREAM_PREFIX) ? name.slice(STREAM_PREFIX.length) : undefined;
}

/** That of the store when it is closed; who closes it knows. */
export const isClosed = (error: unknown): boolean => isLooseCouplingError(error) && error.code === 'LC_CLOSED';

/** Of a damaged event not even the type may be known. */
const mayBeEnd = ({ type }: EventEnvelope): boolean =>
  type === 'workflow.completed' || type === 'workflow.failed' || type === 'unknown';
