import { Inject, Injectable } from '@nestjs/common';
import {
  EVENT_SOURCING_STORES,
  EventStore,
  Outbox,
  OutboxRelay,
  PersistentSubscriptions,
  ProcessManagers,
  Projections,
  Snapshots,
  type EventSourcingStores,
} from './event-sourcing/runtime.js';
import { closeInTurn } from './kernel/index.js';
import { finishBacklog, type Backlog } from './finish-backlog.js';
import { sleep, SystemClock, type Clock } from './kernel/index.js';
import { MessagingLifecycle } from './messaging/messaging-lifecycle.js';
import { MessageTracing } from './observability/index.js';
import { ResilienceLifecycle } from './resilience/nest/resilience-lifecycle.js';
import { ServiceClients } from './services/index.js';
import { isInMemory, RESOLVED_OPTIONS, type ResolvedOptions } from './resolve-options.js';

/** The order in which the parts start and stop. */
@Injectable()
export class LooseCouplingLifecycle {
  private draining: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly messaging: MessagingLifecycle,
    private readonly relay: OutboxRelay,
    private readonly outbox: Outbox,
    private readonly store: EventStore,
    private readonly subscriptions: PersistentSubscriptions,
    private readonly processes: ProcessManagers,
    private readonly snapshots: Snapshots,
    private readonly projections: Projections,
    private readonly resilience: ResilienceLifecycle,
    private readonly services: ServiceClients,
    @Inject(EVENT_SOURCING_STORES) private readonly stores: EventSourcingStores,
    private readonly tracing: MessageTracing,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** The relay comes last: what an earlier run left in the outbox must find every queue. */
  async start(): Promise<void> {
    this.resilience.start();
    await this.messaging.start();
    this.relay.start();
    await this.projections.start();
    if (!this.options.messaging.consumes) return;
    this.subscriptions.start();
    this.processes.start();
  }

  /** Resolves once no handler runs. After `close`, as when the start has failed, there is nothing left to ask. */
  async drain(): Promise<void> {
    // Whoever closes is told of what went wrong.
    if (this.closing && !this.draining) return this.closing.catch(() => undefined);
    await (this.draining ??= this.drainOnce());
  }

  /** Calls that wait behind a policy fail now. */
  endWaits(): void {
    this.resilience.endWaits();
  }

  /** Each part after those that use it, also when one fails. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async drainOnce(): Promise<void> {
    this.messaging.hurry();
    let timeout = this.options.messaging.consumer.drainTimeout;
    // What is in memory has nobody else to go to: it is handled now, or lost.
    if (isInMemory(this.options)) timeout = await finishBacklog(() => this.backlog(), timeout);
    const clock = new SystemClock();
    const end = clock.monotonic() + timeout;
    try {
      // Their handlers may wait until a projection has what they have committed.
      await this.messaging.drain(timeout);
    } finally {
      const left = Math.max(0, end - clock.monotonic());
      // Projections first: they begin no build in subscriptions that are closed.
      const projections = within(left, clock, this.projections.close());
      await Promise.all([projections, this.subscriptions.close(left), this.processes.stop(left)]);
    }
  }

  private async backlog(): Promise<Backlog> {
    const [{ waiting, inHand }, committed, events] = await Promise.all([
      this.messaging.backlog(),
      this.outbox.pending(),
      this.eventsLeft(),
    ]);
    // A handler that takes its time has not stalled.
    const handling = this.subscriptions.all().reduce((sum, subscription) => sum + subscription.handling, 0);
    return { waiting: waiting + committed + events, inHand: inHand + handling };
  }

  /** Events that end with the process, and are not handled by all that subscribe to them. */
  private async eventsLeft(): Promise<number> {
    const { store = { type: 'memory' } } = this.options.eventSourcing;
    if (store.type !== 'memory' || !this.options.messaging.consumes) return 0;
    const lags = Promise.all(this.subscriptions.all().map((subscription) => subscription.lag()));
    // Of a store that is closed already nothing is left.
    return lags.then((found) => found.reduce((sum, { positions }) => sum + positions, 0)).catch(() => 0);
  }

  private async end(): Promise<void> {
    await closeInTurn([
      () => this.processes.stop(),
      () => this.messaging.drain(),
      // Before the relay: what their handlers commit shall leave.
      () => this.projections.close(),
      () => this.subscriptions.close(),
      () => this.services.close(),
      () => this.relay.stop(),
      () => this.messaging.close(),
      () => this.snapshots.settled(),
      () => this.store.close(),
      () => this.stores.personalData?.close(),
      () => this.resilience.close(),
      () => this.tracing.close(),
    ]);
  }
}

/** Resolves when the work has ended, or after `timeout` milliseconds. */
async function within(timeout: number, clock: Clock, work: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  const timedOut = sleep(clock, timeout, waiting.signal).catch(() => undefined);
  await Promise.race([work, timedOut]).finally(() => waiting.abort());
}
