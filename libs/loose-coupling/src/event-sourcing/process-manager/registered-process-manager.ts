import type { ProcessRunner } from './process-runner.js';
import type { ProcessManagerModel } from './process-manager-model.js';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** A process manager of this application: what it declares, and the provider whose methods are called. */
export class RegisteredProcessManager {
  constructor(
    readonly model: ProcessManagerModel,
    private readonly instance: object,
    private readonly runner: ProcessRunner,
  ) {}

  /** Handles a message of one of its contracts. `messageId`: unique among all messages. */
  handleMessage(contractName: string, data: unknown, messageId: string): Promise<void> {
    const input = this.model.inputs.get(contractName);
    if (!input) throw new TypeError(`${this.model.name} has no method for ${contractName}.`);
    const { method, starts, correlate, options } = input;
    return this.runner.handleInput({
      model: this.model,
      id: (correlate as (data: unknown) => string)(data),
      input: { id: messageId, type: contractName },
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
