import type { OpenProcess, PendingDeadline, ProcessChange, ProcessKey } from '../core/process-index.js';
import type { EventEnvelope } from '../core/event-store.js';
import type { ProcessEvent, StoredUndo } from './process-events.js';

type Recorded = ProcessEvent & { readonly recordedAt: number };

/** An instance as its events tell it. */
export class ProcessState {
  /** Of the stream, as it was read. */
  version = 0;
  state: Readonly<Record<string, unknown>>;
  openedAt: number | undefined;
  changedAt = 0;
  isOver = false;
  waitingFor: readonly string[] = [];
  /** Of the work that opened it. */
  correlationId: string | undefined;
  tenantId: string | undefined;
  readonly handled = new Set<string>();
  readonly deadlines = new Map<string, number>();
  /** In the order they were added; those that were sent are gone. */
  readonly undo = new Map<string, StoredUndo>();

  constructor(
    readonly key: ProcessKey,
    initialState: Readonly<Record<string, unknown>>,
  ) {
    this.state = initialState;
  }

  get isStarted(): boolean {
    return this.openedAt !== undefined;
  }

  /** The earliest that is due, if any is. */
  dueDeadline(now: number): PendingDeadline | undefined {
    return this.pendingDeadlines().find(({ dueAt }) => dueAt <= now);
  }

  pendingDeadlines(): PendingDeadline[] {
    return Array.from(this.deadlines, ([name, dueAt]) => ({ name, dueAt })).toSorted(
      (one, other) => one.dueAt - other.dueAt,
    );
  }

  /** What the store lists of it. */
  toChange(): ProcessChange {
    if (this.isOver) return { ...this.key, over: true };
    return {
      ...this.key,
      openedAt: this.openedAt ?? this.changedAt,
      changedAt: this.changedAt,
      waitingFor: this.waitingFor,
      deadlines: this.pendingDeadlines(),
      ...(this.tenantId !== undefined && { tenantId: this.tenantId }),
    } satisfies OpenProcess;
  }

  load({ type, data, version, recordedAt, metadata }: EventEnvelope): void {
    this.version = version;
    if (type === 'process.started') {
      const { correlationId, tenantId } = metadata;
      if (typeof correlationId === 'string') this.correlationId = correlationId;
      if (typeof tenantId === 'string') this.tenantId = tenantId;
    }
    this.apply({ type, data, recordedAt } as Recorded);
  }

  apply({ type, data, recordedAt }: Recorded): void {
    this.changedAt = recordedAt;
    switch (type) {
      case 'process.started':
        this.openedAt = recordedAt;
        return;
      case 'process.inputHandled':
        this.handled.add(data.id);
        return;
      case 'process.updated':
        this.state = Object.freeze({ ...this.state, ...data.changes });
        return;
      case 'process.deadlineScheduled':
        this.deadlines.set(data.name, data.dueAt);
        return;
      case 'process.deadlineCancelled':
      case 'process.deadlineReached':
        this.deadlines.delete(data.name);
        return;
      case 'process.compensationAdded':
        this.undo.set(data.id, data);
        return;
      case 'process.compensated':
        for (const id of data.ids) this.undo.delete(id);
        return;
      case 'process.waiting':
        this.waitingFor = data.for;
        return;
      case 'process.messageSent':
        return;
      case 'process.completed':
        this.isOver = true;
        this.deadlines.clear();
        this.undo.clear();
    }
  }
}
