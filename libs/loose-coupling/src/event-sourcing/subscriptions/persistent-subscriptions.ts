import { ClosedError, sleep, type Clock } from '../../kernel/index.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { ignoreFaults, type FaultReporter } from '../core/fault-reporter.js';
import { noWholeFeed, UnavailableCheckpoints } from '../tenancy/unavailable-stores.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { PersistentSubscription } from './persistent-subscription.js';
import { resolveSubscriptionOptions, type PersistentSubscriptionOptions } from './subscription-options.js';
import type { ParkedListener, SubscriptionHandler, SubscriptionParts } from './subscription-parts.js';

export interface PersistentSubscriptionsParts {
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly report?: FaultReporter;
  readonly upcast?: SubscriptionParts['upcast'];
  /** Types that `upcast` can make of an event: what a subscription does not want is then passed by unread. Default: any. */
  readonly typesOf?: (event: EventEnvelope) => readonly string[];
}

/** What a projection adds to a subscription. */
export type ReadModelParts = Pick<SubscriptionParts, 'documents' | 'atEnd' | 'mustExist'>;

type MoveListener = (checkpoint: string, position: number) => void;

/** Subscribes to the feed under names that survive the process. Injectable. */
export class PersistentSubscriptions {
  private readonly subscriptions = new Set<PersistentSubscription>();
  private readonly parkedListeners = new Map<object, ParkedListener>();
  private readonly moveListeners = new Set<MoveListener>();
  private started = false;
  private closed = false;

  constructor(private readonly parts: PersistentSubscriptionsParts) {}

  /**
   * Subscribes; the handler is called once the application has started. It may be called again for events that it has
   * handled: after a crash, and for those that share a step with one that failed.
   *
   * @example
   * subscriptions.subscribe({ name: 'mailer', types: ['order.placed'] }, async (event, { signal }) => { … });
   * @throws {InvalidOptionsError}
   */
  subscribe(
    options: PersistentSubscriptionOptions,
    handler: SubscriptionHandler,
    readModel?: ReadModelParts,
  ): PersistentSubscription {
    if (this.closed) throw new ClosedError('The list of subscriptions');
    if (this.parts.checkpoints instanceof UnavailableCheckpoints)
      throw noWholeFeed(`The subscription "${options.name}"`);
    const { store, checkpoints, clock, report = ignoreFaults, upcast } = this.parts;
    const { typesOf = upcast ? undefined : ({ type }: EventEnvelope) => [type] } = this.parts;
    const subscription = new PersistentSubscription({
      store,
      checkpoints,
      clock,
      report,
      upcast: upcast ?? ((event) => [event]),
      typesOf,
      handler,
      options: resolveSubscriptionOptions(options),
      ...readModel,
      onParked: (event, error, name) => {
        for (const listener of this.parkedListeners.values()) listener(event, error, name);
      },
      onMoved: (name, position) => {
        for (const listener of this.moveListeners) listener(name, position);
      },
    });
    this.subscriptions.add(subscription);
    if (this.started) subscription.start();
    return subscription;
  }

  /** Ends one, and forgets it. */
  async unsubscribe(subscription: PersistentSubscription): Promise<void> {
    await subscription.close();
    this.subscriptions.delete(subscription);
  }

  /** Every subscription of this process. */
  all(): readonly PersistentSubscription[] {
    return [...this.subscriptions];
  }

  /** Tells of events that are parked in this process. Listeners must not throw. Returns how to stop. */
  onParked(listener: ParkedListener): () => void {
    return this.tellParked(listener, listener);
  }

  /** @internal As `onParked`, once for each of those that listen, however often it is called. */
  tellParked(listening: object, listener: ParkedListener): () => void {
    this.parkedListeners.set(listening, listener);
    return () => void this.parkedListeners.delete(listening);
  }

  /** Tells of checkpoints that are moved by this process. Listeners must not throw. Returns how to stop. */
  onMoved(listener: MoveListener): () => void {
    this.moveListeners.add(listener);
    return () => void this.moveListeners.delete(listener);
  }

  /** Begins all work; what is subscribed later begins at once. */
  start(): void {
    this.started = true;
    for (const subscription of this.subscriptions) subscription.start();
  }

  /**
   * Resolves when no handler runs any more, or after `timeout` milliseconds: what such a handler still changes of its
   * read model is refused once another process has taken over. Default: waits for it.
   */
  async close(timeout?: number): Promise<void> {
    this.closed = true;
    const ended = Promise.all(this.all().map((subscription) => subscription.close()));
    if (timeout === undefined) return void (await ended);
    const waiting = new AbortController();
    const timedOut = sleep(this.parts.clock, timeout, waiting.signal).catch(() => undefined);
    await Promise.race([ended, timedOut]);
    waiting.abort();
  }
}
