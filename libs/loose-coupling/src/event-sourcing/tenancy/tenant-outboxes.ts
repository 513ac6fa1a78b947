import type { Clock } from '../../kernel/index.js';
import type { OpenedStore } from '../opened-store.js';
import type { OutboxRelay } from '../outbox/outbox-relay.js';
import type { ParkedMessage } from '../outbox/outbox-storage.js';
import { Outbox } from '../outbox/outbox.js';
import { RelayedOutbox } from '../outbox/relayed-outbox.js';
import { currentTenant, tenantUnlessAll } from './tenant.js';
import type { TenantStores } from './tenant-stores.js';
import { PARKED } from './tenanted-outbox.js';

/** The outbox of the tenant at work; without one, those of all stores that are open. */
export class TenantOutboxes extends Outbox {
  constructor(
    private readonly tenants: TenantStores,
    private readonly relay: OutboxRelay,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async pending(): Promise<number> {
    return sum(await this.each((outbox) => outbox.pending()));
  }

  override async parked(): Promise<ParkedMessage[]> {
    tenantUnlessAll(PARKED);
    return (await this.each((outbox) => outbox.parked())).flat();
  }

  override async flush(): Promise<void> {
    await this.each((outbox) => outbox.flush());
  }

  override async retryParked(): Promise<number> {
    return sum(await this.each((outbox) => outbox.retryParked()));
  }

  private each<Result>(work: (outbox: Outbox) => Promise<Result>): Promise<Result[]> {
    const tenant = currentTenant();
    const names = tenant === undefined ? this.tenants.open : [tenant];
    const outboxOf = ({ outbox }: OpenedStore) => new RelayedOutbox(outbox, this.relay, this.clock);
    return Promise.all(names.map((name) => this.tenants.use(name, (stores) => work(outboxOf(stores)))));
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
