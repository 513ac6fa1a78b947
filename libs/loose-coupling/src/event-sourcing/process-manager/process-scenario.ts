import { FaultList, SystemClock } from '../../kernel/index.js';
import type { MessageContract } from '../../messaging/index.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { toEnvelope, type ScenarioEvent } from '../scenario/scenario-event.js';
import type { PlayedMessage, PlayedScenario, ScenarioSubject } from '../scenario/scenario-subject.js';
import { processManagerMetadataOf } from './process-manager.decorator.js';
import { readProcessManager, type ProcessManagerClass, type ProcessManagerModel } from './process-manager-model.js';
import { ProcessRunner } from './process-runner.js';
import { RegisteredProcessManager } from './registered-process-manager.js';

/** What may happen to a process: a message, an event of the own store, or that time passes. */
export type ProcessStep =
  | readonly [contract: MessageContract, data: unknown]
  | { /** Milliseconds. */ readonly elapsed: number }
  | ScenarioEvent;

/** How an instance is after a scenario. */
export interface PlayedProcess {
  readonly status: 'none' | 'open' | 'completed';
  readonly state: Readonly<Record<string, unknown>>;
  readonly waitingFor: readonly string[];
  /** Milliseconds until each. */
  readonly deadlines: Readonly<Record<string, number>>;
  /** Names of the messages that `compensate` would send, in that order. */
  readonly compensations: readonly string[];
}

/** Time that passes when the scenario says so. */
class ScenarioClock extends SystemClock {
  time = Date.UTC(2026, 0, 1);

  override now(): number {
    return this.time;
  }
}

/** Plays inputs and time to a process manager, on a store in memory. */
export class ProcessScenarioSubject implements ScenarioSubject<ProcessStep, ProcessStep> {
  readonly name: string;
  private readonly model: ProcessManagerModel;

  /** @throws {InvalidOptionsError} when the class is no process manager that an application would take */
  constructor(
    private readonly instance: object,
    /** Of the process that is looked at. */
    private readonly id: string,
  ) {
    const owner = instance.constructor as ProcessManagerClass;
    const faults = new FaultList('given()');
    const model = readProcessManager(owner, faults);
    faults.throwIfAny();
    this.model = model as ProcessManagerModel;
    this.name = owner.name;
  }

  async play(given: readonly ProcessStep[], when: ProcessStep): Promise<PlayedScenario> {
    const play = new Play(this.model, this.instance);
    for (const step of given) await play.take(step);
    const before = await play.countEvents(this.id);
    const sentBefore = play.lastMessage;
    try {
      await play.take(when);
    } catch (error) {
      return { events: [], messages: [], state: undefined, failure: { error } };
    }
    return {
      events: await play.eventsAfter(this.id, before),
      messages: await play.messagesAfter(sentBefore),
      state: await play.look(this.id),
    };
  }
}

/** One run of a scenario. */
class Play {
  private readonly clock = new ScenarioClock();
  private readonly store = new MemoryEventStore({ clock: this.clock });
  private readonly runner: ProcessRunner;
  private readonly manager: RegisteredProcessManager;
  private steps = 0;
  lastMessage = 0;

  constructor(
    private readonly model: ProcessManagerModel,
    instance: object,
  ) {
    const { store: events, clock } = this;
    const messages = new OutgoingMessageFactory('scenario', clock);
    this.runner = new ProcessRunner({ events, messages, clock, scheduled: () => undefined });
    this.manager = new RegisteredProcessManager(model, instance, this.runner);
  }

  async take(step: ProcessStep): Promise<void> {
    this.steps += 1;
    if (isMessage(step)) await this.manager.handleMessage(step[0].name, step[1], `${this.steps}`);
    else if ('elapsed' in step && typeof step.elapsed === 'number') await this.elapse(step.elapsed);
    else await this.manager.handleEvent(toEnvelope(step, this.model.name, this.steps, this.clock.time));
    this.lastMessage = await this.store.outbox.lastId();
  }

  async look(id: string): Promise<PlayedProcess> {
    const found = await this.runner.load(this.model, id);
    const deadlines = found.pendingDeadlines().map(({ name, dueAt }) => [name, dueAt - this.clock.time]);
    return {
      status: found.isOver ? 'completed' : found.isStarted ? 'open' : 'none',
      state: found.state,
      waitingFor: found.waitingFor,
      deadlines: Object.fromEntries(deadlines) as Record<string, number>,
      compensations: Array.from(found.undo.values(), ({ name }) => name).toReversed(),
    };
  }

  async countEvents(id: string): Promise<number> {
    return (await this.runner.load(this.model, id)).version;
  }

  async eventsAfter(id: string, version: number): Promise<unknown[]> {
    const events: unknown[] = [];
    const stream = `pm-${this.model.name}-${id}`;
    for await (const { type, data } of this.store.readStream(stream, { fromVersion: version + 1 })) {
      events.push({ type, data });
    }
    return events;
  }

  async messagesAfter(id: number): Promise<PlayedMessage[]> {
    return (await this.store.outbox.pending(id, Number.MAX_SAFE_INTEGER)).map(
      ({ kind, envelope, fifo: ordered, destination, dueAt }) => ({
        contract: {
          kind,
          name: envelope.type,
          version: Number(envelope.dataversion ?? 1),
          ordered,
          queue: destination,
        },
        data: envelope.data,
        ...(dueAt !== undefined && { delay: dueAt - this.clock.time }),
      }),
    );
  }

  /** Deadlines are reached one by one, each at its time. */
  private async elapse(ms: number): Promise<void> {
    const end = this.clock.time + ms;
    for (;;) {
      const [next] = await this.store.processes.due(this.model.name, end, 1);
      const dueAt = Math.min(...(next?.deadlines ?? []).map((deadline) => deadline.dueAt));
      if (!next || dueAt > end) break;
      this.clock.time = Math.max(this.clock.time, dueAt);
      await this.manager.handleDeadline(next.id);
    }
    this.clock.time = end;
  }
}

const isMessage = (step: ProcessStep): step is readonly [MessageContract, unknown] => Array.isArray(step);

/** Whether `given` is asked about a process manager; a class that injects nothing stands for an instance of it. */
export function processScenarioOf(subject: object, id: string): ProcessScenarioSubject | undefined {
  const isClass = typeof subject === 'function';
  const owner = isClass ? subject : subject.constructor;
  if (!processManagerMetadataOf(owner)) return undefined;
  return new ProcessScenarioSubject(isClass ? new (subject as ProcessManagerClass)() : subject, id);
}
