import { Injectable } from '@nestjs/common';
import { EventStore, OutboxRelay } from './event-sourcing/runtime.js';
import { MessagingLifecycle } from './messaging/messaging-lifecycle.js';

/** The order in which the parts start and stop. */
@Injectable()
export class LooseCouplingLifecycle {
  private closing: Promise<void> | undefined;

  constructor(
    private readonly messaging: MessagingLifecycle,
    private readonly relay: OutboxRelay,
    private readonly store: EventStore,
  ) {}

  /** The relay comes last: what an earlier run left in the outbox must find every queue. */
  async start(): Promise<void> {
    await this.messaging.start();
    this.relay.start();
  }

  /** Resolves once no handler runs. */
  drain(): Promise<void> {
    return this.messaging.drain();
  }

  /** Each part after those that use it, also when one fails. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    const steps = [
      () => this.messaging.drain(),
      () => this.relay.stop(),
      () => this.messaging.close(),
      () => this.store.close(),
    ];
    const failures: unknown[] = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
