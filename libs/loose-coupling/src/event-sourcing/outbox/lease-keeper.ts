import type { Clock } from '../../kernel/index.js';

/** The holder may die at any moment. */
const LOOK_AGAIN_MS = 1000;

/** A right that one of several processes has at a time. */
export interface Lease {
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Where a right is asked for; an outbox, say. Durations are milliseconds. */
export interface LeaseSource<Held extends Lease> {
  acquire(holder: string, duration: number): Promise<Held>;
  renew(lease: Held, duration: number): Promise<Held>;
  release(lease: Held): Promise<void>;
}

/** Holds a right while there is work, and knows when it has to be asked for again. */
export class LeaseKeeper<Held extends Lease> {
  private lease: Held | undefined;
  /** Monotonic milliseconds: a wall clock that steps back must not prolong a lease. */
  private renewAt = 0;

  constructor(
    private readonly storage: LeaseSource<Held>,
    private readonly clock: Clock,
    private readonly holder: string,
    private readonly duration: number,
  ) {}

  /** The lease; or how many milliseconds to wait before it is worth asking again. */
  async take(): Promise<Held | number> {
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
   * @throws what the source throws when another process has taken over
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

  private keep(lease: Held, asked: number): Held {
    this.lease = lease;
    this.renewAt = asked + this.duration / 2;
    return lease;
  }
}
