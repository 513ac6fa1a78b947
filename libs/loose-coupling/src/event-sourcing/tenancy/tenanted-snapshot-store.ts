import { SnapshotStore, type Snapshot } from '../snapshots/snapshot-store.js';
import { storedName } from './stored-names.js';
import { requireTenant } from './tenant.js';

/** Snapshots of tenants that share a store. */
export class TenantedSnapshotStore extends SnapshotStore {
  constructor(private readonly inner: SnapshotStore) {
    super();
  }

  override async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    const snapshot = await this.inner.load(stored(streamName), revision);
    return snapshot && { ...snapshot, streamName };
  }

  override async save(snapshot: Snapshot): Promise<void> {
    await this.inner.save({ ...snapshot, streamName: stored(snapshot.streamName) });
  }

  override async delete(streamName: string): Promise<void> {
    await this.inner.delete(stored(streamName));
  }
}

const stored = (streamName: string): string => storedName(requireTenant(`The snapshot of "${streamName}"`), streamName);
