import { OutboxRelay, type OutboxRelayParts } from '../outbox/outbox-relay.js';
import { MemoryOutboxStorage } from '../memory/memory-outbox-storage.js';
import { CommitSignal } from '../core/commit-signal.js';
import type { TenantStores } from './tenant-stores.js';

/** A relay for each tenant's outbox, as long as its store is open. */
export class TenantRelays extends OutboxRelay {
  private ended = false;

  constructor(
    private readonly tenants: TenantStores,
    private readonly each: Omit<OutboxRelayParts, 'storage'>,
    /** Whose outboxes are looked after from the start. */
    private readonly first: () => readonly string[] | Promise<readonly string[]>,
  ) {
    super({ ...each, storage: new MemoryOutboxStorage(each.clock, new CommitSignal()) });
  }

  override get stopped(): boolean {
    return this.ended;
  }

  override start(): void {
    this.tenants.startRelays(({ outbox }) => new OutboxRelay({ ...this.each, storage: outbox }));
    void this.openFirst();
  }

  override async stop(): Promise<void> {
    this.ended = true;
    await this.tenants.stopRelays();
  }

  private async openFirst(): Promise<void> {
    try {
      for (const tenant of await this.first()) await this.tenants.use(tenant, async () => undefined);
    } catch (error) {
      if (!this.ended) this.each.report?.('The outboxes of tenants could not be opened; what they hold waits.', error);
    }
  }
}
