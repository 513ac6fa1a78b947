import type { ParkedMessage } from '../outbox/outbox-storage.js';
import { Outbox } from '../outbox/outbox.js';
import { tenantUnlessAll } from './tenant.js';

/** The outbox that tenants share: how much waits is no secret, but what a message says is its tenant's. */
export class TenantedOutbox extends Outbox {
  constructor(private readonly inner: Outbox) {
    super();
  }

  override pending(): Promise<number> {
    return this.inner.pending();
  }

  override async parked(): Promise<ParkedMessage[]> {
    const tenant = tenantUnlessAll(PARKED);
    const all = await this.inner.parked();
    return tenant === undefined ? all : all.filter(({ envelope }) => envelope.tenantid === tenant);
  }

  override flush(): Promise<void> {
    return this.inner.flush();
  }

  override retryParked(): Promise<number> {
    return this.inner.retryParked();
  }
}

export const PARKED = 'The list of parked messages';
