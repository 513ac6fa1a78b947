import { Inject, Injectable } from '@nestjs/common';
import { TransportMessageBus } from './bus/transport-message-bus.js';
import { MessageTransport } from './core/message-transport.js';
import { MessageConsumers } from './message-consumers.js';
import { MessageHandlerRegistry } from './message-handler.registry.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { TopologyProvisioner } from './topology-provisioner.js';

/** Starts and stops messaging, when its module says so. */
@Injectable()
export class MessagingLifecycle {
  private closing: Promise<void> | undefined;

  constructor(
    private readonly provisioner: TopologyProvisioner,
    private readonly registry: MessageHandlerRegistry,
    private readonly consumers: MessageConsumers,
    private readonly bus: TransportMessageBus,
    private readonly transport: MessageTransport,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  /** Resolves once every queue is there and, unless it is switched off, received from. */
  async start(): Promise<void> {
    await this.provisioner.refresh();
    if (!this.options.consumes) return;
    for (const binding of this.registry.bindings) this.consumers.receive(binding);
    for (const binding of this.registry.deadLetterBindings) this.consumers.receiveDeadLetters(binding);
    for (const binding of this.registry.sqsBindings) this.consumers.receiveForSqsHandler(binding);
  }

  /** Resolves once no handler runs. What they and others publish meanwhile, and afterwards, still goes out. */
  drain(drainTimeout?: number): Promise<void> {
    return this.consumers.drain(drainTimeout);
  }

  /** Nothing waits for more messages any longer. */
  hurry(): void {
    this.consumers.hurry();
  }

  /** What consumers would handle if they went on. */
  backlog(): ReturnType<MessageConsumers['backlog']> {
    return this.consumers.backlog();
  }

  /** Ends everything. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    await this.consumers.drain();
    try {
      await this.bus.close();
    } finally {
      await this.transport.close();
    }
  }
}
