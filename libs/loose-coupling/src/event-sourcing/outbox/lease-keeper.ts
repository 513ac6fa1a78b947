import type { Clock } from '../../kernel/index.js';
import type { OutboxLease, OutboxStorage } from './outbox-storage.js';

/** The holder may die at any moment. */
const LOOK_AGAIN_MS = 1000;

/** Holds the right to publish while there is work, and knows when it has to be asked for again. */
export class LeaseKeeper {
  private lease: OutboxLease | undefined;
  /** Monotonic milliseconds: a wall clock that steps back must not prolong a lease. */
  private renewAt = 0;

  constructor(
    private readonly storage: OutboxStorage,
    private readonly clock: Clock,
    private readonly holder: string,
    private readonly duration: number,
  ) {}

  /** The lease; or how many milliseconds to wait before it is worth asking again. */
  async take(): Promise<OutboxLease | number> {
    const asked = this.clock.monotonic();
    if (this.lease && asked < this.renewAt) return this.lease;
    const lease = await this.storage.acquire(this.holder, this.duration);
    if (lease.holder !== this.holder) {
      this.lease = undefined;
      return Math.min(Math.max(lease.expiresAt - this.clock.now(), 1), this.duration, LOOK_AGAIN_MS);
    }
    return this.keep(lease, asked);
  }

  /**
   * For long work, from time to time.
   * @throws {OutboxLeaseLostError}
   */
  async renewIfDue(): Promise<void> {
    const asked = this.clock.monotonic();
    if (this.lease && asked >= this.renewAt) this.keep(await this.storage.renew(this.lease, this.duration), asked);
  }

  drop(): void {
    this.lease = undefined;
  }

  async release(): Promise<void> {
    const { lease } = this;
    this.lease = undefined;
    if (lease) await this.storage.release(lease);
  }

  private keep(lease: OutboxLease, asked: number): OutboxLease {
    this.lease = lease;
    this.renewAt = asked + this.duration / 2;
    return lease;
  }
}
