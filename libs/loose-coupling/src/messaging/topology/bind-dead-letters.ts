import type { FaultList } from '../../kernel/index.js';
import type { OnDeadLetterOptions } from '../decorators/handler-options.js';
import type { MessageHandler } from '../dispatch/message-handler.js';
import { pathOf, type HandlerDefaults } from './bind-queues.js';
import { checkHandlerOptions } from './check-handler-options.js';
import { handlerName, type DeclaredHandler } from './declared-handler.js';
import type { DeadLetterBinding, QueueBinding } from './queue-binding.js';
import { queueNameFault } from './queue-names.js';

/** Key of the handler of letters that have no handler for their type. */
export const ANY_TYPE = '';

/** Decides which dead-letter queues the `@OnDeadLetter` handlers take letters from. */
export function bindDeadLetters(
  declared: readonly DeclaredHandler[],
  bindings: readonly QueueBinding[],
  defaults: HandlerDefaults,
  faults: FaultList,
): DeadLetterBinding[] {
  const found = new Map<string, { options: OnDeadLetterOptions; handlers: Map<string, MessageHandler> }>();
  for (const handler of declared) {
    const { kind, reference, options } = handler.metadata;
    if (kind !== 'deadLetter') continue;
    const before = faults.faults.length;
    checkHandlerOptions(faults, pathOf(handler), handler.metadata);
    const type = typeof reference === 'object' ? reference.name : ANY_TYPE;
    const queues = typeof reference === 'object' ? queuesOf(type, bindings) : [String(reference)];
    checkQueues(handler, queues, type, faults);
    if (faults.faults.length > before) continue;
    for (const queue of queues) {
      const entry = found.get(queue) ?? { options, handlers: new Map() };
      found.set(queue, entry);
      const rival = entry.handlers.get(type);
      if (rival) faults.say(`${pathOf(handler)}: dead letters of "${queue}" are already handled by ${rival.id}`);
      entry.handlers.set(type, toMessageHandler(handler, options, defaults));
    }
  }
  return [...found].map(([originalQueue, { options, handlers }]) => ({
    originalQueue,
    concurrency: options.concurrency ?? 1,
    visibilityTimeout: options.visibilityTimeout ?? defaults.visibilityTimeout,
    handlers,
  }));
}

const queuesOf = (type: string, bindings: readonly QueueBinding[]): string[] =>
  bindings.filter(({ handlers }) => handlers.has(type)).map(({ queue }) => queue);

function checkQueues(handler: DeclaredHandler, queues: readonly string[], type: string, faults: FaultList): void {
  if (queues.length === 0) {
    faults.say(`${pathOf(handler)}: this service receives no ${type}; name the queue whose dead letters are meant`);
  }
  for (const queue of queues) {
    const fault = /-dlq(\.fifo)?$/.test(queue)
      ? 'the name of the original queue, without "-dlq"'
      : queueNameFault(queue);
    if (fault) faults.add(pathOf(handler), fault, queue);
  }
}

function toMessageHandler(
  declared: DeclaredHandler,
  options: OnDeadLetterOptions,
  defaults: HandlerDefaults,
): MessageHandler {
  return {
    id: `${defaults.service}/${handlerName(declared)}`,
    kind: 'deadLetter',
    retry: { ...defaults.retry, ...options.retry, maxAttempts: Number.MAX_SAFE_INTEGER },
    inbox: false,
    invoke: declared.invoke,
  };
}
