import { randomUUID } from 'node:crypto';
import type { EventStore, OutgoingMessage, ProcessChange } from '../../event-sourcing/runtime.js';
import { backoffDelay, isLooseCouplingError, sleep, type Clock } from '../../kernel/index.js';
import { WorkflowTakenOverError } from '../errors/workflow-taken-over.error.js';
import { streamOf, type WorkflowEvent } from './workflow-events.js';
import { endedWorkflow, keyOf, openWorkflow, type WorkflowOwners, type WorkflowPlace } from './workflow-owners.js';
import { WorkflowState } from './workflow-state.js';

const RETRY = { initialDelay: 50, maxDelay: 10_000, jitter: 'equal' } as const;
/** Said of the commit itself: it will not be taken later either. */
const FINAL = new Set(['LC_INVALID_COMMIT', 'LC_UNSTORABLE_DATA', 'LC_COMMIT_TOO_LARGE', 'LC_CLOSED']);

/**
 * The stream of one workflow, written by one process at a time: each append names the version it follows, so that a process that has lost
 * the workflow to another finds out before it does more. Signals may come in between.
 */
export class WorkflowJournal {
  readonly state: WorkflowState;
  /** Tells the workflow from those of other tenants too. */
  readonly key: string;
  private readonly streamName: string;
  private last: Promise<unknown> = Promise.resolve();
  /** Another process has it. Stays, as what was read of it is not read again. */
  private lost: WorkflowTakenOverError | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: EventStore,
    place: WorkflowPlace,
    private readonly owners: Pick<WorkflowOwners, 'owner' | 'isValid'>,
    private readonly clock: Clock,
    private readonly closing: AbortSignal,
  ) {
    this.key = keyOf(place);
    this.state = new WorkflowState(place.id);
    this.streamName = streamOf(place.id);
  }

  /** Stores one event, with the messages that leave because of it; branches that run side by side take turns. */
  append(event: WorkflowEvent, messages: readonly OutgoingMessage[] = []): Promise<void> {
    const appended = this.last.then(() => this.write(event, messages));
    this.last = appended.catch(() => undefined);
    return appended;
  }

  /** Takes up what others have written. */
  refresh(): Promise<void> {
    const refreshed = this.last.then(() => this.read());
    this.last = refreshed.catch(() => undefined);
    return refreshed;
  }

  /**
   * To be called before an effect. A process that stood still for longer than its lease looks whether the workflow is still its own.
   * @throws {WorkflowTakenOverError}
   */
  async confirm(): Promise<void> {
    if (!this.owners.isValid) await this.refresh();
    if (this.lost) throw this.lost;
  }

  /** Why it is no longer ours, if it is not. */
  get takenOver(): WorkflowTakenOverError | undefined {
    return this.lost;
  }

  /** Calls back after each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async write(event: WorkflowEvent, messages: readonly OutgoingMessage[]): Promise<void> {
    const commitId = randomUUID();
    for (let attempt = 1; ;) {
      if (this.lost) throw this.lost;
      try {
        const append = { streamName: this.streamName, events: [event], expectedVersion: this.state.version };
        const process = this.changeOf(event);
        const change = process && { process };
        await this.store.commit({ appends: [append], messages, inbox: null, commitId, ...change });
        return await this.read();
      } catch (error) {
        const code = isLooseCouplingError(error) ? error.code : undefined;
        if (code === 'LC_WRONG_EXPECTED_VERSION') {
          await this.read();
          continue;
        }
        if (this.closing.aborted || error instanceof WorkflowTakenOverError || FINAL.has(code ?? '')) throw error;
        // The same commit again: had it been stored, it is recognised.
        await sleep(this.clock, backoffDelay(attempt++, RETRY), this.closing);
      }
    }
  }

  /** How the list of what is open changes with an event. */
  private changeOf({ type }: WorkflowEvent): ProcessChange | undefined {
    const { workflowId } = this.state;
    if (type === 'workflow.resumed') return openWorkflow(workflowId, this.owners.owner, this.clock.now());
    return type === 'workflow.completed' || type === 'workflow.failed' ? endedWorkflow(workflowId) : undefined;
  }

  private async read(): Promise<void> {
    const { resumedBy, version } = this.state;
    for await (const envelope of this.store.readStream(this.streamName, { fromVersion: version + 1 })) {
      this.state.apply(envelope);
    }
    if (version > 0 && this.state.resumedBy !== resumedBy && this.state.resumedBy !== this.owners.owner) {
      this.lost ??= new WorkflowTakenOverError(this.state.workflowId);
    }
    for (const listener of this.listeners) listener();
    if (this.lost) throw this.lost;
  }
}
