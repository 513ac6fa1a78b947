import { randomUUID } from 'node:crypto';
import type { EventStore, OutgoingMessage } from '../../event-sourcing/runtime.js';
import { backoffDelay, isLooseCouplingError, sleep, type Clock } from '../../kernel/index.js';
import { WorkflowTakenOverError } from '../errors/workflow-taken-over.error.js';
import { streamOf, type WorkflowEvent } from './workflow-events.js';
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
  private readonly streamName: string;
  private last: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: EventStore,
    workflowId: string,
    /** Name of the process. */
    private readonly owner: string,
    private readonly clock: Clock,
    private readonly closing: AbortSignal,
  ) {
    this.state = new WorkflowState(workflowId);
    this.streamName = streamOf(workflowId);
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

  /** Calls back after each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async write(event: WorkflowEvent, messages: readonly OutgoingMessage[]): Promise<void> {
    const commitId = randomUUID();
    for (let attempt = 1; ;) {
      try {
        const options = { expectedVersion: this.state.version, messages, inbox: null, commitId };
        await this.store.appendToStream(this.streamName, [event], options);
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

  private async read(): Promise<void> {
    const { resumedBy, version } = this.state;
    for await (const envelope of this.store.readStream(this.streamName, { fromVersion: version + 1 })) {
      this.state.apply(envelope);
    }
    if (version > 0 && this.state.resumedBy !== resumedBy && this.state.resumedBy !== this.owner) {
      throw new WorkflowTakenOverError(this.state.workflowId);
    }
    for (const listener of this.listeners) listener();
  }
}
