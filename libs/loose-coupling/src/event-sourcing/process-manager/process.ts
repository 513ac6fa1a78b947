import type { InputOf, MessageContract } from '../../messaging/index.js';

/** When a deadline is reached. */
export type DeadlineTime =
  | { /** Milliseconds from now. */ readonly after: number }
  | { /** Epoch milliseconds, or a date. */ readonly at: number | Date };

/**
 * One instance of a process manager, as the handler of an input or a deadline sees it. What a handler asks for is
 * stored and sent in one commit after it has returned, or not at all; a handler may be run again before that, so it
 * has no other effects.
 */
export interface Process<State extends object = Record<string, unknown>> {
  readonly id: string;
  /** As `initialState` and all updates made it. */
  readonly state: Readonly<State>;
  /**
   * Replaces the given properties of the state. Any JSON data; null where there is nothing.
   * @throws {ProcessUsageError} for undefined, which JSON does not keep
   */
  update(changes: Partial<State>): void;

  /** Sends a command through the outbox. `delay`: milliseconds from the commit; not for ordered contracts. */
  send<Contract extends MessageContract>(
    command: Contract,
    data: InputOf<Contract>,
    options?: { readonly delay?: number },
  ): void;
  /** Publishes an event through the outbox. */
  publish<Contract extends MessageContract>(
    event: Contract,
    data: InputOf<Contract>,
    options?: { readonly delay?: number },
  ): void;

  /**
   * Has the method marked `@OnDeadline(name)` called at a time, once; in place of the time that was set before.
   * @throws {ProcessUsageError} when there is no such method, or the time is none
   */
  schedule(deadline: string, time: DeadlineTime): void;
  /** Takes a deadline back, if it was set. */
  cancelDeadline(deadline: string): void;

  /**
   * Remembers a message that undoes what has just succeeded: `compensate` sends it. What was remembered is sent as it
   * is now, whatever the code has become by then.
   */
  compensateWith<Contract extends MessageContract>(message: Contract, data: InputOf<Contract>): void;
  /** Sends what was remembered, the last first, each once. It says no more than what undoes: the process stays open. */
  compensate(reason?: string): void;

  /** Says what the instance waits for, for those who look for stuck ones. Replaces what was said before. */
  waitFor(...what: string[]): void;
  /** Ends the instance: its deadlines are gone, and what arrives for it later has no effect. */
  complete(): void;
}
