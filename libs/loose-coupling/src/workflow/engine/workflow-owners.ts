import {
  dueAtOf,
  holderIsGone,
  outsideHandlerRun,
  relayIdentity,
  withAllTenants,
  type EventStore,
  type OpenProcess,
  type ProcessChange,
  type ProcessIndex,
} from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';

/** Under these names the store lists the processes that take workflows to their end, and the workflows. */
const OWNERS = '@workflow-owners';
const WORKFLOWS = '@workflows';

/** What workflows of several processes are kept in. */
export interface WorkflowStores {
  readonly events: EventStore;
  /** Lists what is open, in the transactions of the commits. */
  readonly processes: ProcessIndex;
  /** Where tenants share the store, and each gives ids of its own: whose work is in progress. */
  readonly tenantOf?: () => string | undefined;
}

/** A workflow among those of all tenants, where there are any. */
export interface WorkflowPlace {
  readonly id: string;
  readonly tenantId?: string;
}

/** Neither ids nor tenants have the separator. */
export const keyOf = ({ id, tenantId }: WorkflowPlace): string => (tenantId === undefined ? id : `${tenantId}#${id}`);

/** A workflow that is not over, and the process that has it. */
export interface OwnedWorkflow extends WorkflowPlace {
  readonly owner: string;
}

/** The entry of a workflow in the list: who has it. It goes with the commit that says so, or that ends the workflow. */
export const openWorkflow = (id: string, owner: string, now: number): ProcessChange => ({
  manager: WORKFLOWS,
  id,
  openedAt: now,
  changedAt: now,
  waitingFor: [owner],
  deadlines: [],
});

export const endedWorkflow = (id: string): ProcessChange => ({ manager: WORKFLOWS, id, over: true });

/**
 * This process among those that share the store. One lease stands for all its workflows; each process renews its own, and looks whose has
 * run out. What keeps two from writing to one workflow is not the lease but the version of its stream.
 */
export class WorkflowOwners {
  readonly owner = relayIdentity();
  private validUntil = Number.NEGATIVE_INFINITY;
  private joining: Promise<void> | undefined;

  constructor(
    private readonly stores: WorkflowStores,
    private readonly clock: Clock,
    /** Milliseconds. */
    readonly leaseMs: number,
  ) {}

  /** Whether nobody can have taken us for dead: by our own clock, since the last renewal was begun. */
  get isValid(): boolean {
    return this.clock.monotonic() < this.validUntil;
  }

  /** To be done before anything is stored as ours. */
  join(): Promise<void> {
    if (this.joining) return this.joining;
    const joining = this.renew();
    this.joining = joining;
    joining.catch(() => (this.joining = undefined));
    return joining;
  }

  get hasJoined(): boolean {
    return this.joining !== undefined;
  }

  async renew(): Promise<void> {
    const begun = this.clock.monotonic();
    await this.put(this.clock.now() + this.leaseMs);
    this.validUntil = begun + this.leaseMs;
  }

  /** Others may take on at once what we leave. */
  async leave(): Promise<void> {
    this.validUntil = Number.NEGATIVE_INFINITY;
    if (this.joining) await this.put(0);
  }

  /** Those who are listed, and whether they are alive. */
  async all(): Promise<ReadonlyMap<string, boolean>> {
    const now = this.clock.now();
    const owners = new Map<string, boolean>();
    for await (const entry of this.listed(OWNERS)) {
      owners.set(entry.id, entry.id === this.owner || (isInForce(entry, now) && !holderIsGone(entry.id)));
    }
    return owners;
  }

  async *workflows(): AsyncGenerator<OwnedWorkflow> {
    for await (const { id, waitingFor, tenantId } of this.listed(WORKFLOWS))
      yield { id, owner: waitingFor[0] ?? '', ...(tenantId !== undefined && { tenantId }) };
  }

  /** Takes one that is dead from the list, when nothing is left of it. */
  forget(owner: string): Promise<void> {
    return this.change({ manager: OWNERS, id: owner, over: true });
  }

  private put(dueAt: number): Promise<void> {
    const now = this.clock.now();
    const deadlines = [{ name: 'lease', dueAt }];
    return this.change({
      manager: OWNERS,
      id: this.owner,
      openedAt: now,
      changedAt: now,
      waitingFor: [],
      deadlines,
    });
  }

  private listed(manager: string): AsyncIterable<OpenProcess> {
    return withAllTenants(() => this.stores.processes.open(manager));
  }

  /** Without an event, so that no stream grows by it; and of no handler, whichever is running. */
  private async change(process: ProcessChange): Promise<void> {
    const appends = [{ streamName: OWNERS, events: [] }];
    const commit = () => this.stores.events.commit({ appends, process, inbox: null });
    await withAllTenants(() => outsideHandlerRun(commit));
  }
}

const isInForce = (entry: OpenProcess, now: number): boolean => now < (dueAtOf(entry) ?? 0);
