import { DEDUPLICATION_WINDOW } from '../broker-limits.js';
import { FifoList } from './fifo-list.js';

interface Claim {
  readonly deduplicationId: string;
  readonly messageId: string;
  readonly until: number;
}

/** Remembers the deduplication ids of one FIFO queue for five minutes. */
export class DeduplicationWindow {
  private readonly claims = new Map<string, Claim>();
  private readonly byAge = new FifoList<Claim>();

  /** @returns the id of the message that came first with this deduplication id */
  claim(deduplicationId: string, messageId: string, now: number): string {
    for (let oldest = this.byAge.first; oldest && oldest.until <= now; oldest = this.byAge.first) {
      this.byAge.removeFirst();
      this.claims.delete(oldest.deduplicationId);
    }
    const first = this.claims.get(deduplicationId);
    if (first) return first.messageId;
    const claim = { deduplicationId, messageId, until: now + DEDUPLICATION_WINDOW };
    this.claims.set(deduplicationId, claim);
    this.byAge.add(claim);
    return messageId;
  }
}
