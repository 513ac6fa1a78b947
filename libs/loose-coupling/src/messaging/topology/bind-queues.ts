import type { Clock, FaultList } from '../../kernel/index.js';
import { BatchCollector } from '../batch/batch-collector.js';
import { BATCH_DEFAULTS, type OnBatchOptions } from '../batch/batch-options.js';
import { InvalidOptionsError } from '../../kernel/index.js';
import type { MessageContract } from '../contracts/message-contract.js';
import { toEventContract, type EventReference } from '../contracts/to-event-contract.js';
import type { MessageHandlerOptions, OnEventOptions } from '../decorators/handler-options.js';
import type { MessageHandler } from '../dispatch/message-handler.js';
import type { RetryPolicy } from '../dispatch/retry-policy.js';
import { checkHandlerNames } from './check-handler-names.js';
import { checkHandlerOptions } from './check-handler-options.js';
import { handlerName, type DeclaredHandler } from './declared-handler.js';
import { QueueBindingBuilder } from './queue-binding.builder.js';
import type { QueueBinding } from './queue-binding.js';
import { eventQueueName, isFifoQueueName, physicalQueueName, queueNameFault } from './queue-names.js';

/** What a handler has unless its decorator says otherwise. */
export interface HandlerDefaults {
  readonly service: string;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly visibilityTimeout: number;
  readonly retry: RetryPolicy;
  readonly inbox: boolean;
  readonly clock: Clock;
}

interface Candidate {
  readonly declared: DeclaredHandler;
  readonly contract: MessageContract;
  readonly options: OnEventOptions;
}

/**
 * Decides which queue each handler of events, commands and requests receives from. Handlers of one event without a
 * `queue` of their own cannot share one, or the failure of one would run the others again: the first by name has the
 * service's queue for the event, each further one a queue with its class and method in the name.
 */
export function bindQueues(
  declared: readonly DeclaredHandler[],
  defaults: HandlerDefaults,
  faults: FaultList,
): QueueBinding[] {
  checkHandlerNames(declared, faults);
  const candidates = declared.flatMap((handler) => candidateOf(handler, faults) ?? []);
  const builders = new Map<string, QueueBindingBuilder>();
  const taken = new Set<string>();
  const byName = candidates.toSorted((a, b) => compare(handlerName(a.declared), handlerName(b.declared)));
  for (const { declared: handler, contract, options } of byName) {
    const { kind } = handler.metadata;
    const name = kind === 'event' ? eventQueueOf(handler, contract, options, defaults, taken) : contract.queue;
    const fault = queueNameFault(name);
    if (fault) {
      faults.add(`queue of ${pathOf(handler)}`, `${fault}; give it a \`queue\``, name);
      continue;
    }
    const builder = builders.get(name) ?? new QueueBindingBuilder(name, isFifoQueueName(name));
    builders.set(name, builder);
    builder.add(
      pathOf(handler),
      contract,
      toMessageHandler(handler, contract, options, defaults),
      options,
      faults,
      isBatch(handler),
    );
  }
  return [...builders.values()].map((builder) => builder.build(defaults));
}

function candidateOf(declared: DeclaredHandler, faults: FaultList): Candidate | undefined {
  const { kind, reference, options } = declared.metadata;
  if (kind === 'deadLetter') return undefined;
  const before = faults.faults.length;
  checkHandlerOptions(faults, pathOf(declared), declared.metadata);
  const contract = contractOf(declared, reference, faults);
  if (contract && kind !== 'event' && contract.kind !== 'command') {
    faults.add(pathOf(declared), 'a command, made by defineCommand', `the event ${contract.name}`);
  }
  if (contract && kind === 'event' && contract.kind !== 'event') {
    faults.add(pathOf(declared), 'an event, made by defineEvent', `the command ${contract.name}`);
  }
  return contract && faults.faults.length === before ? { declared, contract, options } : undefined;
}

function contractOf(declared: DeclaredHandler, reference: EventReference, faults: FaultList) {
  if (reference === undefined || reference === null) {
    faults.say(`${pathOf(declared)}: its contract is undefined; do two files import each other?`);
    return undefined;
  }
  try {
    return toEventContract(reference);
  } catch (error) {
    if (!(error instanceof InvalidOptionsError)) throw error;
    for (const fault of error.faults) faults.say(`${pathOf(declared)}: ${fault}`);
    return undefined;
  }
}

function eventQueueOf(
  handler: DeclaredHandler,
  contract: MessageContract,
  options: OnEventOptions,
  { service }: HandlerDefaults,
  taken: Set<string>,
): string {
  if (options.queue !== undefined) return physicalQueueName(options.queue, contract.ordered);
  const shared = eventQueueName(service, contract.name);
  const own = taken.has(shared) ? `${shared}-${handler.className}-${handler.methodName}` : shared;
  taken.add(shared);
  return physicalQueueName(own, contract.ordered);
}

function toMessageHandler(
  declared: DeclaredHandler,
  contract: MessageContract,
  options: MessageHandlerOptions,
  defaults: HandlerDefaults,
): MessageHandler {
  return {
    id: `${defaults.service}/${handlerName(declared)}`,
    kind: declared.metadata.kind,
    contract,
    retry: { ...defaults.retry, ...options.retry },
    inbox: options.inbox ?? defaults.inbox,
    responseTopic: declared.metadata.kind === 'request' ? declared.metadata.options.responseTopic : undefined,
    ...(isBatch(declared) ? collecting(declared, options, defaults) : { invoke: declared.invoke }),
  };
}

const isBatch = ({ metadata }: DeclaredHandler): boolean => 'batch' in metadata && metadata.batch === true;

function collecting(
  declared: DeclaredHandler,
  options: OnBatchOptions,
  { clock }: HandlerDefaults,
): Pick<MessageHandler, 'inbox' | 'invoke' | 'hurry'> {
  const { size, maxWait, concurrency } = { ...BATCH_DEFAULTS, ...options };
  const collector = new BatchCollector(declared.invoke, { size, maxWait, concurrency }, clock);
  return { inbox: false, invoke: collector.add, hurry: () => collector.hurry() };
}

const DECORATORS = {
  event: 'OnEvent',
  command: 'OnCommand',
  request: 'OnRequest',
  deadLetter: 'OnDeadLetter',
} as const;

/** How a fault names a handler: `@OnEvent on StockReactions.reserve`. */
export const pathOf = (handler: DeclaredHandler): string =>
  `@${isBatch(handler) ? 'OnBatch' : DECORATORS[handler.metadata.kind]} on ${handlerName(handler)}`;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
