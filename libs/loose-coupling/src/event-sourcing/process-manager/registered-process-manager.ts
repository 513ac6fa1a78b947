import type { EventEnvelope } from '../core/event-store.js';
import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import { eventKey, reviveEvent } from '../event-types/event-codec.js';
import type { StoredInput } from './process-events.js';
import type { CorrelateEvent } from './process-handler.decorators.js';
import type { EventInput, MessageInput, ProcessManagerModel } from './process-manager-model.js';
import type { ProcessRunner } from './process-runner.js';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** A process manager of this application: what it declares, and the provider whose methods are called. */
export class RegisteredProcessManager {
  constructor(
    readonly model: ProcessManagerModel,
    private readonly instance: object,
    private readonly runner: ProcessRunner,
  ) {}

  /** Handles a message of one of its contracts. `messageId`: unique among all messages. */
  async handleMessage(contractName: string, data: unknown, messageId: string): Promise<void> {
    const input = this.model.messages.get(contractName);
    if (!input) throw new TypeError(`${this.model.name} has no method for ${contractName}.`);
    const id = (input.correlate as (data: unknown) => string)(data);
    await this.handle(input, id, { id: messageId, type: contractName }, data);
  }

  /** Handles an event of the own store, if it has a method for it. */
  async handleEvent(stored: EventEnvelope): Promise<void> {
    const input = this.model.events.get(stored.type);
    if (!input) return;
    const { source, type, correlate } = input;
    if (stored.schemaVersion !== type.version) {
      const known = [eventKey(type.name, type.version)];
      const { streamName, schemaVersion } = stored;
      throw UnknownEventTypeError.stored(this.model.owner.name, streamName, type.name, schemaVersion, known);
    }
    const event = reviveEvent(source, stored.data);
    const id = (correlate as CorrelateEvent<object>)(event, stored);
    await this.handle(input, id, { id: `event/${stored.id}`, type: stored.type }, event);
  }

  private handle(
    { method, starts, options }: MessageInput | EventInput,
    id: string,
    input: StoredInput,
    data: unknown,
  ): Promise<void> {
    return this.runner.handleInput({
      model: this.model,
      id,
      input,
      ifNotStarted: starts ? 'start' : (options.ifNotStarted ?? 'retry'),
      handle: (process) => this.call(method, data, process),
    });
  }

  /** Whether a deadline of the instance was due. */
  handleDeadline(id: string): Promise<boolean> {
    return this.runner.handleDeadline(this.model, id, (deadline, process) => {
      const method = this.model.deadlines.get(deadline);
      if (method === undefined) {
        throw new TypeError(`${this.model.owner.name} has no @OnDeadline('${deadline}') any more. It waits for one.`);
      }
      return this.call(method, process);
    });
  }

  private call(method: string, ...args: unknown[]): unknown {
    return (this.instance as Methods)[method]?.(...args);
  }
}
