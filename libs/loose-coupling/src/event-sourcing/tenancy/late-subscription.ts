import type { EventSubscription } from '../core/event-store.js';
import type { OpenedStore } from '../opened-store.js';

interface Opened {
  readonly stores: OpenedStore;
  readonly release: () => void;
}

/** A subscription to a store that is being opened; the store stays open as long as it lasts. */
export class LateSubscription implements EventSubscription {
  private subscription: EventSubscription | undefined;
  private closing = false;
  private readonly opened: Promise<Opened | undefined>;

  constructor(
    opening: Promise<Opened>,
    subscribe: (stores: OpenedStore) => EventSubscription,
    private readonly from = 0,
  ) {
    this.opened = opening.then(
      (opened) => {
        if (!this.closing) this.subscription = subscribe(opened.stores);
        return opened;
      },
      () => undefined,
    );
  }

  get position(): number {
    return this.subscription?.position ?? this.from;
  }

  async close(): Promise<void> {
    this.closing = true;
    const opened = await this.opened;
    await this.subscription?.close();
    opened?.release();
  }
}
