import { Inject, Injectable } from '@nestjs/common';
import { Clock, FaultList } from '../kernel/index.js';
import { requestedTopology } from './adapters/requested-topology.js';
import type { MessageContract } from './contracts/message-contract.js';
import type { QueueSpecification, Topology } from './core/message-transport.js';
import { MessageExplorer } from './message-explorer.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { sqsHandlerQueues } from './sqs-handlers/sqs-handler-queues.js';
import { SqsHandlerExplorer, type SqsHandlerBinding } from './sqs-handlers/sqs-handler.explorer.js';
import { bindDeadLetters } from './topology/bind-dead-letters.js';
import { bindQueues, type HandlerDefaults } from './topology/bind-queues.js';
import { deriveTopology } from './topology/derive-topology.js';
import type { DeadLetterBinding, QueueBinding } from './topology/queue-binding.js';

/** The message handlers of the application, and the queues they receive from. */
@Injectable()
export class MessageHandlerRegistry {
  private queues: readonly QueueBinding[] = [];
  private letters: readonly DeadLetterBinding[] = [];
  private sqsHandlers: readonly SqsHandlerBinding[] = [];
  private readonly published = new Map<string, MessageContract>();

  constructor(
    private readonly explorer: MessageExplorer,
    private readonly sqsExplorer: SqsHandlerExplorer,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly clock: Clock,
  ) {}

  get bindings(): readonly QueueBinding[] {
    return this.queues;
  }

  get deadLetterBindings(): readonly DeadLetterBinding[] {
    return this.letters;
  }

  /** Of classes that were written for @ssut/nestjs-sqs. */
  get sqsBindings(): readonly SqsHandlerBinding[] {
    return this.sqsHandlers;
  }

  get topology(): Topology {
    const own = deriveTopology(this.queues, this.letters);
    const ofSqsHandlers = sqsHandlerQueues(this.sqsHandlers, this.options.retry);
    const subscribed = new Set(own.topics.map(({ name }) => name));
    const others = [...this.published.values()].filter(({ name }) => !subscribed.has(name));
    const asked = requestedTopology(this.explorer.injected());
    return {
      queues: unique([...own.queues, ...ofSqsHandlers, ...asked.queues]),
      topics: [...own.topics, ...others.map(({ name, ordered: fifo }) => ({ name, fifo })), ...asked.topics],
      subscriptions: own.subscriptions,
      ...(asked.buses && { buses: asked.buses }),
    };
  }

  /** Events that the application publishes: their topics are made at start, not with the first of them. */
  announce(events: readonly MessageContract[]): void {
    for (const event of events) this.published.set(event.name, event);
  }

  /**
   * Looks through the application; may be called again when more of it has been made.
   * @throws {InvalidOptionsError} listing everything that is wrong with the handlers
   */
  load(): void {
    const defaults: HandlerDefaults = { ...this.options, ...this.options.consumer, clock: this.clock };
    const faults = new FaultList('The message handlers of this application');
    const declared = this.explorer.explore();
    const queues = bindQueues(declared, defaults, faults);
    const letters = bindDeadLetters(declared, queues, defaults, faults);
    const sqsHandlers = this.sqsExplorer.explore(faults);
    for (const { queue } of sqsHandlers) {
      const taken = queues.some((binding) => binding.queue === queue);
      if (taken) faults.add('sqsConsumers', 'queues without other handlers, which would take their messages', queue);
    }
    faults.throwIfAny();
    this.queues = queues;
    this.letters = letters;
    this.sqsHandlers = sqsHandlers;
  }
}

/** What is asked for first counts. */
const unique = (queues: readonly QueueSpecification[]): QueueSpecification[] => [
  ...new Map(queues.toReversed().map((queue) => [queue.name, queue])).values(),
];
