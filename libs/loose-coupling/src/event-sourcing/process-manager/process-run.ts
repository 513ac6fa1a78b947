import { uuidv7 } from '../../kernel/index.js';
import type { InputOf, MessageContract } from '../../messaging/index.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { ProcessUsageError } from '../errors/process-usage.error.js';
import type { DeadlineTime, Process } from './process.js';
import type { ProcessEvent, StoredUndo } from './process-events.js';
import type { ProcessState } from './process-state.js';

/** A message that will leave with the commit. */
export interface AskedMessage {
  readonly contract: MessageContract;
  readonly data: unknown;
  readonly delay?: number;
}

interface RunParts {
  readonly state: ProcessState;
  /** Names of the deadlines that the manager has methods for. */
  readonly deadlines: ReadonlySet<string>;
  readonly now: number;
}

/** Collects what one run of a handler asks for. */
export class ProcessRun implements Process<Record<string, unknown>> {
  readonly events: ProcessEvent[] = [];
  readonly messages: AskedMessage[] = [];
  /** Messages that may be sent one day: their data must be right now. */
  readonly remembered: AskedMessage[] = [];
  private ended = false;

  constructor(private readonly parts: RunParts) {}

  get id(): string {
    return this.parts.state.key.id;
  }

  get state(): Readonly<Record<string, unknown>> {
    return this.parts.state.state;
  }

  /** What is asked for from now on would come too late. */
  end(): void {
    this.ended = true;
  }

  record(event: ProcessEvent): void {
    this.assertRunning(event.type);
    this.events.push(event);
    this.parts.state.apply({ ...event, recordedAt: this.parts.now });
  }

  update(changes: Readonly<Record<string, unknown>>): void {
    this.assertOpen('update');
    const unset = Object.keys(changes).filter((key) => changes[key] === undefined);
    if (unset.length > 0) {
      throw new ProcessUsageError(
        this.describe(),
        `sets ${unset.join(', ')} to undefined, which JSON does not keep, so the value would stay; use null`,
      );
    }
    const copy = frozenCopy(changes, `update of ${this.describe()}`) as Record<string, unknown>;
    this.record({ type: 'process.updated', data: { changes: copy } });
  }

  send(contract: MessageContract, data: unknown, options: { readonly delay?: number } = {}): void {
    this.assertOpen('send');
    this.messages.push({ contract, data, ...options });
  }

  publish(contract: MessageContract, data: unknown, options: { readonly delay?: number } = {}): void {
    this.send(contract, data, options);
  }

  schedule(name: string, time: DeadlineTime): void {
    this.assertOpen('schedule');
    const { deadlines, now } = this.parts;
    if (!deadlines.has(name)) {
      const known = deadlines.size > 0 ? `those it has: ${[...deadlines].join(', ')}` : 'it has none';
      throw new ProcessUsageError(this.describe(), `schedules "${name}", which no @OnDeadline method is for; ${known}`);
    }
    const dueAt = 'after' in time ? now + time.after : Number(time.at);
    if (!Number.isFinite(dueAt) || dueAt < 0 || dueAt > 8.64e15) {
      throw new ProcessUsageError(this.describe(), `schedules "${name}" at ${String(dueAt)}, which is no time`);
    }
    this.record({ type: 'process.deadlineScheduled', data: { name, dueAt: Math.ceil(dueAt) } });
  }

  cancelDeadline(name: string): void {
    if (this.parts.state.deadlines.has(name)) this.record({ type: 'process.deadlineCancelled', data: { name } });
  }

  compensateWith<Contract extends MessageContract>(contract: Contract, data: InputOf<Contract>): void {
    this.assertOpen('compensateWith');
    const { kind, name, version, ordered, queue, personalData } = contract as MessageContract;
    if (personalData !== undefined) {
      throw new ProcessUsageError(
        this.describe(),
        `remembers "${name}", which has personal data, and what a process remembers is not encrypted; give a message ` +
          'the id of the person, and let its handler look up the rest',
      );
    }
    const key = (contract as MessageContract).key?.(data);
    const undo: StoredUndo = {
      id: uuidv7(this.parts.now),
      kind,
      name,
      version,
      ordered,
      queue,
      ...(key !== undefined && { key }),
      data: frozenCopy(data ?? null, `data of ${name}`),
    };
    this.remembered.push({ contract, data });
    this.record({ type: 'process.compensationAdded', data: undo });
  }

  compensate(reason?: string): void {
    const undo = [...this.parts.state.undo.values()].toReversed();
    if (undo.length === 0) return;
    for (const message of undo) this.messages.push({ contract: contractOf(message), data: message.data });
    const ids = undo.map(({ id }) => id);
    this.record({ type: 'process.compensated', data: { ids, ...(reason !== undefined && { reason }) } });
  }

  waitFor(...what: string[]): void {
    this.assertOpen('waitFor');
    this.record({ type: 'process.waiting', data: { for: what } });
  }

  complete(): void {
    if (!this.parts.state.isOver) this.record({ type: 'process.completed', data: {} });
  }

  private assertRunning(what: string): void {
    if (this.ended) throw new ProcessUsageError(this.describe(), `asks for ${what} after its handler has returned`);
  }

  private assertOpen(method: string): void {
    this.assertRunning(method);
    if (this.parts.state.isOver) throw new ProcessUsageError(this.describe(), `calls ${method} after complete`);
  }

  private describe(): string {
    const { manager, id } = this.parts.state.key;
    return `${manager} ${id}`;
  }
}

function contractOf({ kind, name, version, ordered, queue, key }: StoredUndo): MessageContract {
  return { kind, name, version, ordered, queue, ...(key !== undefined && { key: () => key }) };
}
