import { backoffDelay, isLooseCouplingError, sleep, withCorrelation, type Clock } from '../../kernel/index.js';
import { validateData } from '../../messaging/index.js';
import type { EventStore, OutgoingMessage } from '../core/event-store.js';
import type { ProcessKey } from '../core/process-index.js';
import { ProcessNotStartedError } from '../errors/process-not-started.error.js';
import { ProcessUsageError } from '../errors/process-usage.error.js';
import type { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { processStream, type StoredInput } from './process-events.js';
import type { ProcessManagerModel } from './process-manager-model.js';
import { ProcessRun } from './process-run.js';
import { ProcessState } from './process-state.js';

export interface RunnerParts {
  readonly events: EventStore;
  readonly messages: OutgoingMessageFactory;
  readonly clock: Clock;
  /** Told when an instance has deadlines. */
  readonly scheduled: () => void;
}

/** What is to happen to an instance. */
export interface InputRun {
  readonly model: ProcessManagerModel;
  readonly id: string;
  readonly input: StoredInput;
  /** What becomes of it where there is no instance. */
  readonly ifNotStarted: 'start' | 'retry' | 'ignore';
  readonly handle: (process: ProcessRun) => unknown;
}

/** How often to begin again when another input of the same instance was faster. */
const CONFLICT_RETRIES = 10;
const CONFLICT_BACKOFF = { initialDelay: 4, maxDelay: 250, jitter: 'full' } as const;
const LONGEST_ID = 512;

/**
 * Loads an instance, has it handle one thing, and commits what comes of it in one transaction: its events, the
 * messages, the inbox mark of the message being handled, and its place among the open ones.
 */
export class ProcessRunner {
  constructor(private readonly parts: RunnerParts) {}

  async load({ name, initialState }: ProcessManagerModel, id: string): Promise<ProcessState> {
    const key: ProcessKey = { manager: name, id };
    const state = new ProcessState(key, initialState);
    for await (const event of this.parts.events.readStream(processStream(name, id))) state.load(event);
    return state;
  }

  /** The effect of an input happens once: its id is in the stream that the effect is appended to. */
  async handleInput({ model, id, input, ifNotStarted, handle }: InputRun): Promise<void> {
    checkId(model, id);
    await this.retrying(async () => {
      const state = await this.load(model, id);
      if (state.isOver || state.handled.has(input.id)) return;
      if (!state.isStarted && ifNotStarted === 'ignore') return;
      if (!state.isStarted && ifNotStarted === 'retry') throw new ProcessNotStartedError(model.name, id, input.type);
      const run = this.newRun(model, state);
      if (!state.isStarted) run.record({ type: 'process.started', data: { manager: model.name, id } });
      run.record({ type: 'process.inputHandled', data: input });
      await this.finish(run, state, handle);
    });
  }

  /** Whether a deadline was due. Of several that are, the earliest is handled. */
  handleDeadline(
    model: ProcessManagerModel,
    id: string,
    handle: (deadline: string, process: ProcessRun) => unknown,
  ): Promise<boolean> {
    return this.retrying(async () => {
      const state = await this.load(model, id);
      const due = state.dueDeadline(this.parts.clock.now());
      if (!due) return false;
      const { correlationId = id, tenantId } = state;
      const correlation = { correlationId, ...(tenantId !== undefined && { tenantId }) };
      await withCorrelation(correlation, async () => {
        const run = this.newRun(model, state);
        run.record({ type: 'process.deadlineReached', data: due });
        await this.finish(run, state, (process) => handle(due.name, process));
      });
      return true;
    });
  }

  /** Lists an instance as its stream tells it; resolves to whether it is open. */
  list(model: ProcessManagerModel, id: string): Promise<boolean> {
    return this.retrying(async () => {
      const state = await this.load(model, id);
      const appends = [{ streamName: processStream(model.name, id), expectedVersion: state.version, events: [] }];
      await this.parts.events.commit({ appends, process: state.toChange() });
      return !state.isOver;
    });
  }

  private newRun({ deadlines }: ProcessManagerModel, state: ProcessState): ProcessRun {
    return new ProcessRun({ state, deadlines: new Set(deadlines.keys()), now: this.parts.clock.now() });
  }

  private async finish(run: ProcessRun, state: ProcessState, handle: (process: ProcessRun) => unknown): Promise<void> {
    try {
      await handle(run);
    } finally {
      run.end();
    }
    for (const { contract, data } of run.remembered) {
      await validateData(contract.schema, data, `data of ${contract.name}`);
    }
    const { manager, id } = state.key;
    const streamName = processStream(manager, id);
    const messages: OutgoingMessage[] = [];
    for (const { contract, data, delay } of run.messages) {
      const options = { streamName, ...(delay !== undefined && { delay }) };
      messages.push(await this.parts.messages.create(contract, data, options));
    }
    const sent = messages.map(({ envelope }) => ({
      type: 'process.messageSent',
      data: { id: envelope.id, name: envelope.type },
    }));
    await this.parts.events.commit({
      appends: [{ streamName, expectedVersion: state.version, events: [...run.events, ...sent] }],
      messages,
      process: state.toChange(),
    });
    if (state.deadlines.size > 0) this.parts.scheduled();
  }

  private async retrying<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt > CONFLICT_RETRIES || !isLooseCouplingError(error, 'LC_WRONG_EXPECTED_VERSION')) throw error;
        await sleep(this.parts.clock, backoffDelay(attempt, CONFLICT_BACKOFF));
      }
    }
  }
}

function checkId({ name }: ProcessManagerModel, id: unknown): void {
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_ID) return;
  const came = typeof id === 'string' ? `a text of ${id.length} characters` : String(id);
  throw new ProcessUsageError(
    name,
    `correlates an input with ${came}; an id is a text of 1 to ${LONGEST_ID} characters`,
  );
}
