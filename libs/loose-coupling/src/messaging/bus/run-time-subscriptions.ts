import { FaultList, uuidv7, type Clock } from '../../kernel/index.js';
import type { MessageContract } from '../contracts/message-contract.js';
import { toEventContract } from '../contracts/to-event-contract.js';
import { deadLetterQueueName } from '../core/dead-letter.js';
import type { MessageTransport } from '../core/message-transport.js';
import type { MessageContext } from '../dispatch/message-context.js';
import type { MessageConsumers } from '../message-consumers.js';
import type { MessageHandlerRegistry } from '../message-handler.registry.js';
import type { MessagingOptions } from '../messaging-options.js';
import { checkHandlerOptions } from '../topology/check-handler-options.js';
import { deriveTopology } from '../topology/derive-topology.js';
import type { QueueBinding } from '../topology/queue-binding.js';
import { eventQueueName, physicalQueueName } from '../topology/queue-names.js';
import type { SubscribeOptions, Subscription } from './message-bus.js';

type Handler = (data: never, context: MessageContext) => unknown;

interface Opened {
  readonly anonymous: boolean;
  readonly opening: Promise<Subscription>;
}

/** Handlers that are registered while the application runs. */
export class RunTimeSubscriptions {
  /** By queue. */
  private readonly subscriptions = new Map<string, Opened>();

  constructor(
    private readonly transport: MessageTransport,
    private readonly consumers: MessageConsumers,
    private readonly registry: MessageHandlerRegistry,
    private readonly options: MessagingOptions,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidOptionsError} when the options are wrong, or the queue already has a consumer in this application */
  async open(event: MessageContract | string, handler: Handler, options: SubscribeOptions = {}): Promise<Subscription> {
    const contract = toEventContract(event);
    const anonymous = options.queue === undefined;
    const queue = physicalQueueName(options.queue ?? this.anonymousName(contract), contract.ordered);
    this.check(queue, contract, options);
    const opening = this.start(this.bind(queue, contract, handler, options), anonymous);
    this.subscriptions.set(queue, { anonymous, opening });
    opening.catch(() => this.subscriptions.delete(queue));
    return opening;
  }

  /** Ends those whose queues have no name of their own: nobody else can go on receiving from them. */
  async close(): Promise<void> {
    const anonymous = [...this.subscriptions.values()].filter((each) => each.anonymous);
    const opened = await Promise.allSettled(anonymous.map(({ opening }) => opening));
    await Promise.all(opened.map((each) => each.status === 'fulfilled' && each.value.close()));
  }

  private async start(binding: QueueBinding, anonymous: boolean): Promise<Subscription> {
    const { queue } = binding;
    try {
      await this.transport.provision(deriveTopology([binding]));
      const consumer = this.consumers.receive(binding);
      let closing: Promise<void> | undefined;
      const close = async () => {
        await this.consumers.stop(consumer);
        if (anonymous) await this.remove(queue);
        this.subscriptions.delete(queue);
      };
      return { queue, close: () => (closing ??= close()) };
    } catch (error) {
      // Such as a bus that is closed by now. The queue may not have been made, so what fails here is no news.
      if (anonymous) await this.remove(queue).catch(() => undefined);
      throw error;
    }
  }

  private check(queue: string, contract: MessageContract, options: SubscribeOptions): void {
    const faults = new FaultList(`subscribe(${contract.name})`);
    checkHandlerOptions(faults, 'options', { kind: 'event', reference: contract, options });
    if (this.subscriptions.has(queue) || this.registry.bindings.some((binding) => binding.queue === queue)) {
      faults.say(`options.queue: the queue "${queue}" already has a consumer in this application`);
    }
    faults.throwIfAny();
  }

  private bind(queue: string, contract: MessageContract, handler: Handler, options: SubscribeOptions): QueueBinding {
    const { service, retry, inbox, consumer } = this.options;
    const { filter } = options;
    return {
      queue,
      fifo: contract.ordered,
      concurrency: options.concurrency ?? consumer.concurrency,
      visibilityTimeout: options.visibilityTimeout ?? consumer.visibilityTimeout,
      ...(options.rateLimit && { rateLimit: options.rateLimit }),
      topics: [{ name: contract.name, fifo: contract.ordered, ...(filter && { filter }) }],
      handlers: new Map([
        [
          contract.name,
          {
            id: `${service}/subscription.${queue}`,
            kind: 'event',
            contract,
            retry: { ...retry, ...options.retry },
            inbox: options.inbox ?? inbox,
            invoke: async (data, context) => handler(data as never, context),
          },
        ],
      ]),
    };
  }

  private anonymousName(contract: MessageContract): string {
    // The random end of the id: its beginning is the time.
    return `${eventQueueName(this.options.service, contract.name)}-${uuidv7(this.clock.now()).slice(-12)}`;
  }

  /** Dead letters are kept: they may be all that is left of a message. */
  private async remove(queue: string): Promise<void> {
    await this.transport.deleteQueue(queue);
    const deadLetterQueue = deadLetterQueueName(queue);
    const { available, inFlight, delayed } = await this.transport.queue(deadLetterQueue).depth();
    if (available + inFlight + delayed === 0) await this.transport.deleteQueue(deadLetterQueue);
  }
}
