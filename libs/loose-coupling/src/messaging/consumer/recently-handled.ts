import type { Clock } from '../../kernel/index.js';

/**
 * Ids of messages that are done and not yet deleted, such as those whose receipt had run out. When such a message comes
 * again it is deleted without being handled a second time. Bounded in number and in time.
 */
export class RecentlyHandled {
  private readonly expiries = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly limit = 10_000,
    private readonly lifetime = 43_200_000,
  ) {}

  remember(messageId: string): void {
    this.expiries.delete(messageId);
    this.expiries.set(messageId, this.clock.monotonic() + this.lifetime);
    if (this.expiries.size <= this.limit) return;
    for (const oldest of this.expiries.keys()) {
      this.expiries.delete(oldest);
      return;
    }
  }

  has(messageId: string): boolean {
    const expiry = this.expiries.get(messageId);
    if (expiry === undefined) return false;
    if (expiry > this.clock.monotonic()) return true;
    this.expiries.delete(messageId);
    return false;
  }

  forget(messageId: string): void {
    this.expiries.delete(messageId);
  }

  get size(): number {
    return this.expiries.size;
  }
}
