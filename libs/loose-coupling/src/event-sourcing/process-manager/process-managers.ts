import { FaultList, InvalidOptionsError, uuidv7, type Clock } from '../../kernel/index.js';
import { causedBy } from '../core/caused-by.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import { UNKNOWN } from '../core/undecodable.js';
import type { OpenProcess, PendingDeadline, ProcessIndex } from '../core/process-index.js';
import { UnknownProcessError } from '../errors/unknown-process.error.js';
import type { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { withAllTenants } from '../tenancy/all-tenants.js';
import { FirstOpened } from './first-opened.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { Process } from './process.js';
import { processStream } from './process-events.js';
import type { ProcessManagerClass, ProcessManagerModel } from './process-manager-model.js';
import { processManagerMetadataOf } from './process-manager.decorator.js';
import { ProcessRunner } from './process-runner.js';
import { RegisteredProcessManager } from './registered-process-manager.js';
import { checkStuckQuery, isStuck, type StuckQuery } from './stuck-query.js';

export interface ProcessManagersParts {
  readonly events: EventStore;
  /** Absent: the store cannot hold process managers. */
  readonly index: ProcessIndex | undefined;
  readonly messages: OutgoingMessageFactory;
  readonly clock: Clock;
  readonly report: FaultReporter;
}

/** One instance, from its stream. Times are epoch milliseconds. */
export interface ProcessView {
  readonly manager: string;
  readonly id: string;
  readonly status: 'open' | 'completed';
  readonly state: Readonly<Record<string, unknown>>;
  readonly openedAt: number;
  readonly changedAt: number;
  readonly waitingFor: readonly string[];
  readonly deadlines: readonly PendingDeadline[];
  /** Names of the messages that `compensate` would send, in that order. */
  readonly compensations: readonly string[];
}

/** The process managers of the application: their instances, and their deadlines. Injectable. */
export class ProcessManagers {
  private readonly registered = new Map<string, RegisteredProcessManager>();
  private readonly runner: ProcessRunner;
  private readonly timer: DeadlineTimer | undefined;

  constructor(private readonly parts: ProcessManagersParts) {
    const { events, messages, clock, index, report } = parts;
    this.runner = new ProcessRunner({ events, messages, clock, scheduled: () => this.timer?.wake() });
    const managers = () => [...this.registered.values()];
    if (index) this.timer = new DeadlineTimer({ index, clock, report, managers });
  }

  /** An instance, or undefined when nothing has started it. @throws {UnknownProcessError} */
  async find(manager: string | ProcessManagerClass, id: string): Promise<ProcessView | undefined> {
    const { model } = this.of(manager);
    const state = await this.runner.load(model, id);
    if (state.openedAt === undefined) return undefined;
    return {
      manager: model.name,
      id,
      status: state.isOver ? 'completed' : 'open',
      state: state.state,
      openedAt: state.openedAt,
      changedAt: state.changedAt,
      waitingFor: state.waitingFor,
      deadlines: state.pendingDeadlines(),
      compensations: Array.from(state.undo.values(), ({ name }) => name).toReversed(),
    };
  }

  /**
   * Instances that are open and match, those opened first before others. Reads the open instances of a manager, not
   * the feed. @throws {UnknownProcessError} @throws {InvalidOptionsError}
   */
  async findStuck(query: StuckQuery = {}): Promise<OpenProcess[]> {
    checkStuckQuery(query);
    const { manager, limit = 100 } = query;
    const names = manager === undefined ? [...this.registered.keys()] : [this.of(manager).model.name];
    const now = this.parts.clock.now();
    const found = new FirstOpened(limit);
    for (const name of names) {
      for await (const entry of this.index.open(name)) if (isStuck(entry, query, now)) found.add(entry);
    }
    return found.inOrder();
  }

  /**
   * Has `work` done to an instance that is open, as if it were the handler of an input: for operators, to compensate,
   * complete or reschedule what is stuck. `work` may be run again. @throws {UnknownProcessError}
   */
  async change(
    manager: string | ProcessManagerClass,
    id: string,
    work: (process: Process) => void | Promise<void>,
  ): Promise<void> {
    const { model } = this.of(manager);
    const { isStarted } = await this.runner.load(model, id);
    if (!isStarted) throw new UnknownProcessError(`instance "${id}" of ${model.name}`, [...this.registered.keys()]);
    const input = { id: `operator/${uuidv7(this.parts.clock.now())}`, type: 'operator' };
    await this.runner.handleInput({ model, id, input, ifNotStarted: 'ignore', handle: work });
  }

  /**
   * Handles the deadlines that are due. Done by itself where messages are received; elsewhere, as on AWS Lambda, call
   * it from time to time. Resolves to how many were handled.
   */
  fireDeadlines(): Promise<number> {
    return this.timer?.fireDue() ?? Promise.resolve(0);
  }

  /**
   * Lists the open instances anew, from the feed: after events were copied from another store, which brings no list
   * along. Resolves to how many are open. An instance whose start cannot be read is reported, and left out.
   */
  async reindex(): Promise<number> {
    let open = 0;
    const unreadable = new Set<number>();
    const onUnreadable = ({ type, position }: EventEnvelope, error: unknown): void => {
      unreadable.add(position);
      if (type === 'process.started' || type === UNKNOWN) this.parts.report('An instance could not be listed.', error);
    };
    for await (const event of withAllTenants(() => this.parts.events.readAll({ onUnreadable }))) {
      if (unreadable.delete(event.position)) continue;
      if (event.type !== 'process.started') continue;
      const { manager, id } = event.data as { manager: string; id: string };
      const known = this.registered.get(manager);
      if (known && (await causedBy(event, () => this.runner.list(known.model, id)))) open += 1;
    }
    this.timer?.wake();
    return open;
  }

  /** Begins to handle deadlines. Starting again does nothing. */
  start(): void {
    if (this.registered.size > 0) this.timer?.start();
  }

  /** Resolves when no deadline is being handled, or after `timeout` milliseconds; none is begun from then on. */
  async stop(timeout?: number): Promise<void> {
    await this.timer?.stop(timeout);
  }

  /**
   * Takes a manager in. @internal
   * @throws {InvalidOptionsError} when its name does not tell it from another, or the store cannot hold it
   */
  register(model: ProcessManagerModel, instance: object): RegisteredProcessManager {
    const known = this.registered.get(model.name);
    if (known?.model.owner === model.owner) return known;
    const faults = new FaultList('LooseCouplingModule.forFeature()');
    if (!this.parts.index) faults.say('processManagers: the event store of this application has no list of processes');
    for (const { model: other } of this.registered.values()) {
      if (mayCollide(model.name, other.name)) faults.say(collision(model.owner, other));
    }
    faults.throwIfAny();
    const manager = new RegisteredProcessManager(model, instance, this.runner);
    this.registered.set(model.name, manager);
    return manager;
  }

  private get index(): ProcessIndex {
    if (this.parts.index) return this.parts.index;
    throw new InvalidOptionsError('ProcessManagers', ['the event store of this application has no list of processes']);
  }

  private of(manager: string | ProcessManagerClass): RegisteredProcessManager {
    const name = typeof manager === 'string' ? manager : (processManagerMetadataOf(manager)?.name ?? manager.name);
    const found = this.registered.get(name);
    if (!found) throw new UnknownProcessError(`process manager "${name}"`, [...this.registered.keys()]);
    return found;
  }
}

/** Streams are `pm-<name>-<id>`: with `sale` and `sale-return`, one could be of either. */
const mayCollide = (one: string, other: string): boolean =>
  `${one}-`.startsWith(`${other}-`) || `${other}-`.startsWith(`${one}-`);

function collision(owner: ProcessManagerClass, { owner: other, name }: ProcessManagerModel): string {
  const stream = processStream(name, '…');
  return `processManagers: ${owner.name} and ${other.name} could share streams like ${stream}; give one of them another name`;
}
