import type { QueueDepth, ReceivedMessage } from '../../core/message-queue.js';
import { MAX_VISIBILITY } from '../broker-limits.js';
import type { StorageVisibilityChange, VisibilityOutcome } from '../broker-storage.js';
import type { Receipt } from '../receipt.js';
import type { StoredMessage } from './stored-message.js';

export interface MemoryReceive {
  readonly max: number;
  readonly now: number;
  readonly visibleAt: number;
  /** Takes a message away to the dead-letter queue instead of handing it out, when that is due. */
  readonly giveUp: (stored: StoredMessage) => boolean;
}

/** The messages of one queue in memory. What becomes of their order is the subclasses'. */
export abstract class MemoryQueue {
  protected readonly messages = new Map<number, StoredMessage>();

  add(stored: StoredMessage): void {
    this.messages.set(stored.sequence, stored);
    this.added(stored);
  }

  abstract receive(request: MemoryReceive): ReceivedMessage[];
  abstract nextDue(): number | undefined;
  protected abstract added(stored: StoredMessage): void;
  protected abstract removed(stored: StoredMessage): void;
  protected abstract visibilityChanged(stored: StoredMessage): void;

  delete(receipt: Receipt): boolean {
    const stored = this.find(receipt);
    if (!stored) return false;
    this.messages.delete(stored.sequence);
    this.removed(stored);
    return true;
  }

  changeVisibility(receipt: Receipt, { now, visibleAt, unhandled }: StorageVisibilityChange): VisibilityOutcome {
    const stored = this.find(receipt);
    if (!stored || stored.visibleAt <= now) return 'expired';
    if (visibleAt > stored.receivedAt + MAX_VISIBILITY) return 'tooLong';
    stored.visibleAt = visibleAt;
    if (unhandled) stored.unhandled = receipt.unhandled + 1;
    this.visibilityChanged(stored);
    return 'changed';
  }

  depth(now: number): QueueDepth {
    let [available, inFlight, delayed] = [0, 0, 0];
    for (const { visibleAt, handOuts, message } of this.messages.values()) {
      if (message.expiresAt <= now) continue;
      if (visibleAt <= now) available += 1;
      else if (handOuts > 0) inFlight += 1;
      else delayed += 1;
    }
    return { available, inFlight, delayed };
  }

  /** Whether a message is to be handed out; otherwise it is gone from the queue. */
  protected survives(stored: StoredMessage, { now, giveUp }: MemoryReceive): boolean {
    if (stored.message.expiresAt > now && !giveUp(stored)) return true;
    this.messages.delete(stored.sequence);
    return false;
  }

  private find({ sequence, messageId, handOuts }: Receipt): StoredMessage | undefined {
    const stored = this.messages.get(sequence);
    return stored?.handOuts === handOuts && stored.message.messageId === messageId ? stored : undefined;
  }
}
