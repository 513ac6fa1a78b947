import { ClosedError, type Clock, type Timer } from '../../kernel/index.js';
import { Outbox } from './outbox.js';
import type { OutboxRelay } from './outbox-relay.js';
import type { OutboxStorage, ParkedMessage } from './outbox-storage.js';

/** The relay of another process does not tell of its progress. */
const ASK_AGAIN_MS = 100;

/** The outbox as its storage and relay make it. */
export class RelayedOutbox extends Outbox {
  constructor(
    private readonly storage: OutboxStorage,
    private readonly relay: OutboxRelay,
    private readonly clock: Clock,
  ) {
    super();
  }

  override pending(): Promise<number> {
    return this.storage.countPending();
  }

  override parked(): Promise<ParkedMessage[]> {
    return this.storage.parked();
  }

  override async flush(): Promise<void> {
    const last = await this.storage.lastId();
    for (;;) {
      const progress = this.nextProgress();
      if ((await this.storage.countPending(last)) === 0) return progress.cancel();
      if (this.relay.stopped) {
        progress.cancel();
        throw new ClosedError('The outbox relay');
      }
      await progress.promise;
    }
  }

  override retryParked(): Promise<number> {
    return this.storage.unpark();
  }

  /** Listens before the question is asked, so that no answer is missed. */
  private nextProgress(): { promise: Promise<void>; cancel: () => void } {
    let cancel = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      const timer: Timer = this.clock.setTimer(resolve, ASK_AGAIN_MS);
      const stopListening = this.relay.onProgress(resolve);
      cancel = () => {
        timer.cancel();
        stopListening();
      };
    }).finally(() => cancel());
    return { promise, cancel };
  }
}
