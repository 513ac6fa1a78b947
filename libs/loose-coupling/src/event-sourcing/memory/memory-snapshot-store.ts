import { SnapshotStore, type Snapshot } from '../snapshots/snapshot-store.js';

/** Keeps snapshots as long as the process lives; as text, so that everyone gets a copy. */
export class MemorySnapshotStore extends SnapshotStore {
  private readonly streams = new Map<string, Map<number, string>>();

  override async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    const text = this.streams.get(streamName)?.get(revision);
    return text === undefined ? undefined : (JSON.parse(text) as Snapshot);
  }

  override async save(snapshot: Snapshot): Promise<void> {
    const { streamName, revision, version, eventId, state } = snapshot;
    let revisions = this.streams.get(streamName);
    if (!revisions) this.streams.set(streamName, (revisions = new Map()));
    revisions.set(revision, JSON.stringify({ streamName, revision, version, eventId, state }));
  }

  override async delete(streamName: string): Promise<void> {
    this.streams.delete(streamName);
  }
}
