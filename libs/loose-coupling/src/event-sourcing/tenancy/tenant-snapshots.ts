import { SnapshotStore, type Snapshot } from '../snapshots/snapshot-store.js';
import { requireTenant } from './tenant.js';
import type { TenantStores } from './tenant-stores.js';

/** Snapshots in each tenant's own store. */
export class TenantSnapshots extends SnapshotStore {
  constructor(private readonly tenants: TenantStores) {
    super();
  }

  override async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    return this.tenants.use(tenantOf(streamName), ({ snapshots }) => snapshots.load(streamName, revision));
  }

  override async save(snapshot: Snapshot): Promise<void> {
    await this.tenants.use(tenantOf(snapshot.streamName), ({ snapshots }) => snapshots.save(snapshot));
  }

  override async delete(streamName: string): Promise<void> {
    await this.tenants.use(tenantOf(streamName), ({ snapshots }) => snapshots.delete(streamName));
  }
}

const tenantOf = (streamName: string): string => requireTenant(`The snapshot of "${streamName}"`);
