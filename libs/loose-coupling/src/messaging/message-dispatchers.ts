import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../kernel/index.js';
import type { HandleMessage } from './consumer/message-processor.js';
import { MessageTransport } from './core/message-transport.js';
import { DeadLetterDispatcher } from './dispatch/dead-letter-dispatcher.js';
import { DispatchLog } from './dispatch/dispatch-log.js';
import { MessageDispatcher, type DispatchServices } from './dispatch/message-dispatcher.js';
import { MessageMiddlewareRegistry } from './dispatch/message-middleware.registry.js';
import { ReplySender } from './dispatch/reply-sender.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { compilePattern } from './patterns/compile-pattern.js';
import type { CompiledPattern } from './patterns/event-pattern.js';
import type { DeadLetterBinding, QueueBinding } from './topology/queue-binding.js';

/** What takes the messages of a queue to the application's handlers, whoever has received them. */
@Injectable()
export class MessageDispatchers {
  private readonly services: DispatchServices;

  constructor(
    private readonly transport: MessageTransport,
    clock: Clock,
    @Inject(MESSAGING_OPTIONS) options: MessagingOptions,
    middlewares: MessageMiddlewareRegistry,
  ) {
    this.services = {
      clock,
      middlewares,
      replies: new ReplySender(transport, options.service, clock),
      log: new DispatchLog(options.logger),
      open: (message, signal) => transport.open(message, signal),
    };
  }

  /** `filtered`: nothing arrives but what the queue's subscriptions ask for. Default: as the transport has it. */
  forQueue(binding: QueueBinding, filtered = this.transport.filtersReliably): HandleMessage {
    const filters = filtered ? undefined : filtersOf(binding);
    return new MessageDispatcher(binding.queue, binding.handlers, this.services, filters).handle;
  }

  forDeadLetters({ originalQueue, handlers }: DeadLetterBinding): HandleMessage {
    return new DeadLetterDispatcher(originalQueue, handlers, this.services).handle;
  }
}

/** What a queue's subscriptions ask for, by type. */
const filtersOf = ({ topics }: QueueBinding): ReadonlyMap<string, CompiledPattern> =>
  new Map(topics.flatMap(({ name, filter }) => (filter ? [[name, compilePattern(filter)] as const] : [])));
