import { Inject } from '@nestjs/common';
import { currentCorrelation, FaultList } from '../../kernel/index.js';
import { CommandWithoutIdError } from '../errors/command-without-id.error.js';
import { Inbox } from '../inbox/inbox.js';
import { runOnce } from './run-once.js';
import { wrapMethod } from './wrap-method.js';

export interface IdempotentCommandOptions<Command, Result> {
  /** What tells the command from others, and is the same when it is sent again. */
  readonly key: (command: Command) => string;
  /**
   * What a command that has had its effect already answers; awaited. Called on the handler as `this`. Default: nothing, as
   * the first answer is made after the commit and so cannot be part of it.
   */
  readonly repeated?: (command: Command) => Result | Promise<Result>;
  /** Of the handler, must never change. Default: the name of its class, so give one where names are minified. */
  readonly name?: string;
}

const INBOX = Symbol('inbox of @IdempotentCommand');

/**
 * A command that comes twice has its effect once: the first commit of the method carries a mark of the command, and a
 * command whose mark is there succeeds without being run. Of several at once one takes effect, and all succeed. A method
 * may commit once; a second commit is refused with `SecondCommitError`.
 *
 * Marks are kept as long as those of messages, `inbox.retention`. For methods of providers.
 *
 * @example
 * @IdempotentCommand({ key: (command: PlaceOrder) => command.commandId })
 * async execute(command: PlaceOrder) { … }
 * @throws {InvalidOptionsError}
 */
export function IdempotentCommand<Command, Result = unknown>(options: IdempotentCommandOptions<Command, Result>) {
  check(options);
  return <Method extends (command: Command, ...more: never[]) => Promise<Result | undefined | void>>(
    prototype: object,
    name: PropertyKey,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Inject(Inbox)(prototype, INBOX);
    const consumer = `command:${options.name ?? prototype.constructor.name}`;
    const underWay = new WeakMap<object, Map<string, Promise<unknown>>>();
    wrapMethod(prototype, name, descriptor, async (instance, call, [command]) => {
      const key: unknown = options.key(command as Command);
      if (typeof key !== 'string' || key === '') throw new CommandWithoutIdError(consumer, key);
      const inbox = inboxOf(instance, consumer);
      let running = underWay.get(instance);
      if (!running) underWay.set(instance, (running = new Map()));
      // Another tenant's command is another one, as its mark is.
      const id = JSON.stringify([currentCorrelation()?.tenantId, key]);
      const other = running.get(id);
      // Of one handler, so that each of them gets the answer.
      if (other) return other;
      const run = runOnce(inbox, { consumer, messageId: key }, call, async () =>
        options.repeated?.call(instance, command as Command),
      );
      running.set(id, run);
      try {
        return await run;
      } finally {
        running.delete(id);
      }
    });
  };
}

function inboxOf(instance: object, consumer: string): Inbox {
  const inbox = (instance as { [INBOX]?: Inbox })[INBOX];
  if (inbox) return inbox;
  throw new TypeError(`${consumer}: @IdempotentCommand needs an instance that Nest has made, with an Inbox to inject.`);
}

function check(options: Partial<Record<keyof IdempotentCommandOptions<never, never>, unknown>>): void {
  const faults = new FaultList('@IdempotentCommand');
  if (typeof options?.key !== 'function') faults.add('key', 'a function that gives the id of a command', options?.key);
  const { repeated, name } = options ?? {};
  if (repeated !== undefined && typeof repeated !== 'function') faults.add('repeated', 'a function', repeated);
  if (name !== undefined && (typeof name !== 'string' || name === '')) faults.add('name', 'a text', name);
  faults.throwIfAny();
}
