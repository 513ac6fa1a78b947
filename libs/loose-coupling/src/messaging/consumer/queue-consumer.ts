import { type Clock, ClosedError, FaultList, SystemClock } from '../../kernel/index.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import { Acknowledger } from './acknowledger.js';
import { Condition } from './condition.js';
import { type ConsumerCounters, ConsumerReporter } from './consumer-report.js';
import { type ConsumerSettings, withDefaults } from './consumer-settings.js';
import { Deadlines } from './deadlines.js';
import { DeadLetterer } from './dead-letterer.js';
import { drain } from './drain.js';
import { FifoLanes } from './fifo-lanes.js';
import { Heartbeat } from './heartbeat.js';
import { InFlightMessage } from './in-flight-message.js';
import { MessageProcessor } from './message-processor.js';
import { Permits } from './permits.js';
import { Poller } from './poller.js';
import type { QueueConsumerOptions } from './queue-consumer-options.js';
import { ReceiveThrottle } from './receive-throttle.js';
import { RecentlyHandled } from './recently-handled.js';

/**
 * Receives messages from a queue and runs a handler for each, as many at once as there are permits. A message is
 * deleted only after its handler succeeded or the dead-letter queue has it, so each is handled at least once.
 * On a FIFO queue the messages of one group run one after another, in order.
 */
export class QueueConsumer {
  private readonly settings: ConsumerSettings;
  private readonly clock: Clock;
  private readonly inFlightMessages = new Set<InFlightMessage>();
  private readonly reporter: ConsumerReporter;
  private readonly permits: Permits;
  private readonly deadlines: Deadlines;
  private readonly settled: Condition;
  private readonly acknowledger: Acknowledger;
  private readonly heartbeat: Heartbeat;
  private readonly processor: MessageProcessor;
  private readonly lanes: FifoLanes | undefined;
  private readonly poller: Poller;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: QueueConsumerOptions) {
    const { queue, handle, random = Math.random } = options;
    const clock = (this.clock = options.clock ?? new SystemClock());
    const settings = (this.settings = withDefaults(options.settings));
    const reporter = (this.reporter = new ConsumerReporter(queue.name, options.onError));
    const deadlines = (this.deadlines = new Deadlines(clock));
    const throttle = settings.rateLimit && new ReceiveThrottle(settings.rateLimit, clock);
    const { concurrency, maxReceiveBatch } = settings;
    const permits = (this.permits = new Permits(concurrency, maxReceiveBatch, this.inFlightMessages, throttle));
    this.settled = new Condition(clock);
    const linger = settings.acknowledgeLinger;
    const acknowledger = new Acknowledger(queue, { linger, clock, random, deadlines, reporter });
    this.acknowledger = acknowledger;
    this.heartbeat = new Heartbeat(queue, this.inFlightMessages, settings.visibilityTimeout, clock, reporter);
    this.processor = new MessageProcessor({
      handle,
      maxMessageBytes: settings.maxMessageBytes,
      acknowledger,
      deadLetterer: new DeadLetterer({ queue, deadLetterQueue: options.deadLetterQueue, clock, deadlines, reporter }),
      recentlyHandled: new RecentlyHandled(clock),
      reporter,
      clock,
      random,
      onHandled: (entry) => {
        if (this.lanes) this.lanes.handled(entry);
        else this.usePermits(-1);
        this.poller.wake();
        this.settled.notify();
      },
    });
    if (queue.fifo) {
      this.lanes = new FifoLanes(
        permits,
        (entry) => this.process(entry),
        (entries) => void this.handBack(entries),
        settings.laneWidth,
      );
    }
    this.poller = new Poller({
      queue,
      settings,
      permits,
      clock,
      random,
      deadlines,
      reporter,
      deliver: (messages) => this.deliver(messages),
      release: (messages) => this.releaseUnwanted(messages),
      onPollEnd: () => this.settled.notify(),
    });
  }

  /** Messages in hand: waiting, running, or on their way back to the queue. */
  get inFlight(): number {
    return this.inFlightMessages.size;
  }

  /** Epoch milliseconds of the last receive that answered, empty or not; none before the first. */
  get lastSuccessfulPoll(): number | undefined {
    return this.poller.record.lastSuccessfulPoll;
  }

  /** Epoch milliseconds since when no receive has answered; none while they do. */
  get failingSince(): number | undefined {
    return this.poller.record.failingSince;
  }

  /**
   * Milliseconds since the last receive that answered, or since a handler has been free for what the next one brings. None while
   * all are busy, and while it is paused or stopped.
   */
  get pollAge(): number | undefined {
    return this.poller.record.age;
  }

  get counters(): Readonly<ConsumerCounters> {
    return this.reporter.counters;
  }

  /** @throws {ClosedError} after `stop()` */
  start(): void {
    if (this.stopping) throw new ClosedError(`The consumer of ${this.options.queue.name}`);
    this.poller.start();
  }

  /** Receives nothing more until `resume()`; what is in hand is finished. */
  pause(): void {
    this.poller.suspend();
  }

  resume(): void {
    this.start();
  }

  /**
   * Handlers that may run at once, from now on. When lowered, those that run are not interrupted.
   * @throws {InvalidOptionsError} unless a whole number above 0
   */
  setConcurrency(concurrency: number): void {
    const faults = new FaultList('setConcurrency()');
    faults.positiveInteger('concurrency', concurrency);
    faults.throwIfAny();
    this.permits.limit = concurrency;
    this.poller.wake();
  }

  /**
   * Ends waiting receives, hands back at once what has not started, waits for running handlers until `drainTimeout`
   * (milliseconds), then aborts their signals and waits a second more. Resolves when every acknowledgement is
   * through; nothing of this consumer is pending afterwards. A later call joins the first.
   */
  stop(options?: { readonly drainTimeout?: number }): Promise<void> {
    return (this.stopping ??= this.drain(options?.drainTimeout ?? this.settings.drainTimeout));
  }

  private deliver(messages: readonly ReceivedMessage[]): void {
    const now = this.clock.monotonic();
    for (const message of messages) {
      const entry = this.take(message, now);
      if (this.settings.heartbeat) this.heartbeat.watch(entry);
      if (this.lanes) {
        this.lanes.add(entry);
        continue;
      }
      this.usePermits(1);
      void this.process(entry);
    }
  }

  /** For standard queues: a permit for each message. */
  private usePermits(change: 1 | -1): void {
    this.permits.busy += change;
    this.permits.unhandled += change;
  }

  private take(message: ReceivedMessage, now: number): InFlightMessage {
    const entry = new InFlightMessage(message, now, this.settings.visibilityTimeout);
    this.inFlightMessages.add(entry);
    this.reporter.counters.received += 1;
    return entry;
  }

  private async process(entry: InFlightMessage): Promise<boolean> {
    try {
      return await this.processor.process(entry);
    } finally {
      this.finish(entry);
    }
  }

  private releaseUnwanted(messages: readonly ReceivedMessage[]): void {
    const now = this.clock.monotonic();
    if (messages.length > 0) void this.handBack(messages.map((message) => this.take(message, now)));
  }

  /** For entries that have not run. */
  private async handBack(entries: readonly InFlightMessage[]): Promise<void> {
    this.reporter.counters.released += entries.length;
    for (const entry of entries) entry.phase = 'returning';
    await this.acknowledger.release(entries);
    for (const entry of entries) this.finish(entry);
  }

  private finish(entry: InFlightMessage): void {
    this.inFlightMessages.delete(entry);
    this.poller.wake();
    this.settled.notify();
  }

  private async drain(drainTimeout: number): Promise<void> {
    const { poller, permits, acknowledger, settled, inFlightMessages: inFlight } = this;
    poller.stop();
    this.lanes?.releaseWaiting();
    const closed = new ClosedError(`The consumer of ${this.options.queue.name}`);
    await drain({ poller, permits, acknowledger, settled, inFlight }, drainTimeout, closed);
    this.heartbeat.stop();
    acknowledger.close();
    this.deadlines.clear();
  }
}
