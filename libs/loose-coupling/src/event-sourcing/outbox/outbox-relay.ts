import { backoffDelay, type Clock } from '../../kernel/index.js';
import type { HasTracer, MessageTransport } from '../../messaging/index.js';
import { ignoreFaults, type FaultReporter } from '../core/fault-reporter.js';
import { outsideHandlerRun } from '../core/handler-run.js';
import { WakeUp } from '../core/wake-up.js';
import { LeaseKeeper } from './lease-keeper.js';
import { OutboxDrain } from './outbox-drain.js';
import { OutboxPublisher } from './outbox-publisher.js';
import { resolveRelayOptions, type OutboxRelayOptions, type ResolvedRelayOptions } from './outbox-relay-options.js';
import type { OutboxEntry, OutboxLease, OutboxStorage } from './outbox-storage.js';
import { relayIdentity } from './relay-identity.js';

export interface OutboxRelayParts {
  readonly storage: OutboxStorage;
  readonly transport: MessageTransport;
  readonly clock: Clock;
  readonly options?: OutboxRelayOptions;
  readonly report?: FaultReporter;
  /** Makes spans of what leaves. Default: none. */
  readonly tracing?: HasTracer;
  /** Told of each message the transport has accepted. Must not throw. */
  readonly onPublished?: (entry: OutboxEntry) => void;
}

/**
 * Carries committed messages from the outbox to the transport, at least once and in the order of each stream. Of all
 * relays on one outbox one works at a time; another takes over when it stops, or dies.
 */
export class OutboxRelay {
  private readonly options: ResolvedRelayOptions;
  private readonly wakeUp: WakeUp;
  private readonly lease: LeaseKeeper<OutboxLease>;
  private readonly publisher: OutboxPublisher;
  private readonly report: FaultReporter;
  private readonly abandon = new AbortController();
  private readonly listeners = new Set<() => void>();
  private drain: OutboxDrain | undefined;
  private epoch: number | undefined;
  private running: Promise<void> | undefined;
  private stopping = false;
  private stopListening = (): void => undefined;

  constructor(private readonly parts: OutboxRelayParts) {
    const { storage, transport, clock } = parts;
    this.options = resolveRelayOptions(parts.options);
    this.report = parts.report ?? ignoreFaults;
    this.wakeUp = new WakeUp(clock);
    this.publisher = new OutboxPublisher(transport, clock, parts.tracing);
    this.lease = new LeaseKeeper(storage, clock, relayIdentity(), this.options.leaseDuration);
  }

  /** Whether `stop` was called: nothing more will leave. */
  get stopped(): boolean {
    return this.stopping;
  }

  /** Begins with what an earlier run left. Starting again does nothing. */
  start(): void {
    if (this.running || this.stopping) return;
    this.stopListening = this.parts.storage.listen(() => this.wakeUp.call());
    this.running = outsideHandlerRun(() => this.run());
  }

  /**
   * Publishes what is pending, trying each message once, and resolves when the relay rests. After `stopTimeout` it
   * resolves in any case; what was not settled leaves at the next start.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopListening();
    this.wakeUp.call();
    const timer = this.parts.clock.setTimer(() => this.abandon.abort(), this.options.stopTimeout, { unref: true });
    const abandoned = new Promise<void>((resolve) =>
      this.abandon.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await Promise.race([this.running, abandoned]);
    timer.cancel();
    this.tellProgress();
  }

  /** Calls back once, after the next step forward or at the end. Returns how to stop. */
  onProgress(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async run(): Promise<void> {
    let failures = 0;
    for (let last = false; !last;) {
      last = this.stopping;
      try {
        const wait = await this.work();
        failures = 0;
        this.tellProgress();
        if (!this.stopping) await this.wakeUp.wait(wait);
      } catch (error) {
        // It may be lost: it is asked for again. While it is ours, what was published and not settled is remembered.
        this.lease.drop();
        const delay = backoffDelay(++failures, this.options.retry);
        this.report(`The outbox relay failed; it goes on in ${Math.round(delay)} ms.`, error);
        await this.pause(delay);
      }
    }
    await this.lease.release().catch((error: unknown) => this.report('The outbox lease was not released.', error));
  }

  private async work(): Promise<number | undefined> {
    const lease = await this.lease.take();
    if (typeof lease === 'number') {
      this.drain = undefined;
      return lease;
    }
    // What a drain remembers may be wrong once another relay has worked.
    if (!this.drain || this.epoch !== lease.epoch) this.drain = this.newDrain();
    this.epoch = lease.epoch;
    return this.drain.run(lease, { abandoned: this.abandon.signal, isStopping: () => this.stopping });
  }

  private newDrain(): OutboxDrain {
    const { storage, clock, onPublished = () => undefined } = this.parts;
    const { lease, publisher, options, report } = this;
    return new OutboxDrain({ storage, publisher, lease, clock, options, report, onPublished });
  }

  /** Commits do not shorten the wait; stopping does. */
  private async pause(delay: number): Promise<void> {
    const { clock } = this.parts;
    const end = clock.monotonic() + delay;
    for (let left = delay; left > 0 && !this.stopping; left = end - clock.monotonic()) await this.wakeUp.wait(left);
  }

  private tellProgress(): void {
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener();
  }
}
