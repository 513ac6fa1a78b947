import { backoffDelay, isLooseCouplingError, type Timer } from '../../kernel/index.js';
import type { CommitSignal } from '../core/commit-signal.js';
import type { EventEnvelope } from '../core/event-store.js';
import { inBackground } from '../core/in-background.js';
import { WakeUp } from '../core/wake-up.js';
import { CheckpointLostError } from '../errors/checkpoint-lost.error.js';
import { LeaseKeeper } from '../outbox/lease-keeper.js';
import { relayIdentity } from '../outbox/relay-identity.js';
import { withAllTenants } from '../tenancy/all-tenants.js';
import type { Checkpoint } from './checkpoint-store.js';
import type { SubscriptionParts } from './subscription-parts.js';
import { SubscriptionSession } from './subscription-session.js';

/** When the store fails, in milliseconds. */
const OUTAGE = { initialDelay: 100, maxDelay: 30_000, jitter: 'equal' } as const;
/** A store that does not tell of commits is asked, in milliseconds. */
const POLL_MS = 250;

/** Moves one checkpoint along the feed, whenever this process holds it. */
export class SubscriptionRunner {
  private readonly wakeUp: WakeUp;
  private readonly keeper: LeaseKeeper<Checkpoint>;
  private readonly stopping = new AbortController();
  private readonly committed: CommitSignal | undefined;
  private running: Promise<void> | undefined;
  private held:
    { readonly session: SubscriptionSession; readonly epoch: number; readonly lost: AbortController } | undefined;

  constructor(
    private readonly parts: SubscriptionParts,
    readonly name: string,
    private readonly isMine: (event: EventEnvelope) => boolean,
  ) {
    const { clock, checkpoints, options } = parts;
    this.wakeUp = new WakeUp(clock);
    const source = {
      acquire: async (holder: string, duration: number) => {
        if (parts.mustExist && !(await checkpoints.read(name))) throw new CheckpointLostError(name, holder);
        return checkpoints.acquire(name, holder, duration, await this.beginning());
      },
      renew: (lease: Checkpoint, duration: number) => checkpoints.renew(lease, duration),
      release: (lease: Checkpoint) => checkpoints.release(lease),
    };
    this.keeper = new LeaseKeeper(source, clock, relayIdentity(), options.leaseDuration);
    this.committed = (parts.store as { readonly committed?: CommitSignal }).committed;
  }

  start(): void {
    this.running ??= inBackground(() => this.run());
  }

  /** Resolves when the handler in progress has finished and others may take over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.held?.lost.abort();
    this.wakeUp.call();
    await this.running;
  }

  /** Somebody asked for a replay: the checkpoint says so. */
  lookAgain(): void {
    this.keeper.drop();
    this.wakeUp.call();
  }

  private async run(): Promise<void> {
    const stopListening = this.committed?.listen(() => this.wakeUp.call());
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        const wait = await this.work();
        failures = 0;
        if (wait > 0 && !this.stopping.signal.aborted) await this.wakeUp.wait(wait);
      } catch (error) {
        // Whatever was written last, and how far: the store is asked again.
        this.forget();
        if (this.stopping.signal.aborted) break;
        if (isLooseCouplingError(error, 'LC_DOCUMENT_CONFLICT') && failures === 0) {
          failures += 1;
          continue;
        }
        const delay = backoffDelay(++failures, OUTAGE);
        this.parts.report(`The subscription "${this.name}" failed; it goes on in ${Math.round(delay)} ms.`, error);
        await this.pause(delay);
      }
    }
    stopListening?.();
    await this.keeper.release().catch((error: unknown) => this.parts.report(`"${this.name}" was not released.`, error));
  }

  /** Resolves to how long there is nothing to do, unless something is committed. */
  private async work(): Promise<number> {
    const lease = await this.keeper.take();
    if (typeof lease === 'number') {
      this.held = undefined;
      return lease;
    }
    if (this.held?.epoch !== lease.epoch || this.held.lost.signal.aborted) this.held = this.begin(lease);
    const { session, lost } = this.held;
    const more = await this.withHeartbeat(lost, () => session.work(lease));
    if (more) return 0;
    return this.committed ? this.parts.options.leaseDuration / 2 : POLL_MS;
  }

  private begin(lease: Checkpoint) {
    const lost = new AbortController();
    const session = new SubscriptionSession(this.parts, lease, this.isMine, lost.signal);
    return { session, lost, epoch: lease.epoch };
  }

  private forget(): void {
    this.held?.lost.abort();
    this.held = undefined;
    this.keeper.drop();
  }

  /** Keeps the lease while handlers take their time. */
  private async withHeartbeat<Result>(lost: AbortController, work: () => Promise<Result>): Promise<Result> {
    const { clock, options } = this.parts;
    const interval = options.leaseDuration / 4;
    let timer: Timer | undefined;
    const beat = () => {
      this.keeper.renewIfDue().catch((error: unknown) => {
        if (isLooseCouplingError(error, 'LC_CHECKPOINT_LOST')) lost.abort();
      });
      timer = clock.setTimer(beat, interval, { unref: true });
    };
    timer = clock.setTimer(beat, interval, { unref: true });
    try {
      return await work();
    } finally {
      timer.cancel();
    }
  }

  private async beginning(): Promise<number> {
    const { store, checkpoints, options } = this.parts;
    if (typeof options.from === 'number') return options.from;
    if (options.from === 'beginning' || (await checkpoints.read(this.name))) return 0;
    return withAllTenants(() => store.lastPosition());
  }

  /** Commits do not shorten the wait; stopping does. */
  private async pause(delay: number): Promise<void> {
    const { clock } = this.parts;
    const end = clock.monotonic() + delay;
    for (let left = delay; left > 0 && !this.stopping.signal.aborted; left = end - clock.monotonic()) {
      await this.wakeUp.wait(left);
    }
  }
}
