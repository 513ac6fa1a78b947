import { isLooseCouplingError } from '../../kernel/index.js';
import type { EventStore } from '../core/event-store.js';
import { SnapshotStore, type Snapshot } from '../snapshots/snapshot-store.js';
import type { DataKeys } from './data-keys.js';
import type { EventSealer } from './event-sealer.js';
import { openState, sealState, type SealedState, type SubjectKey } from './sealed-state.js';

/** What is stored in place of the state. */
type StoredState = { readonly plain: unknown } | { readonly sealed: SealedState };

/**
 * Encrypts a snapshot for all persons that the events of its stream are about, so that it is gone once one of them is
 * forgotten: the stream is then read from its events, which say what is left.
 */
export class SealedSnapshotStore extends SnapshotStore {
  constructor(
    private readonly inner: SnapshotStore,
    private readonly events: EventStore,
    private readonly sealer: EventSealer,
    private readonly keys: DataKeys,
  ) {
    super();
  }

  override async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    const stored = await this.inner.load(streamName, revision);
    const state = stored && (await this.open(stored));
    return state === undefined ? undefined : { ...(stored as Snapshot), state };
  }

  override async save(snapshot: Snapshot): Promise<void> {
    const keys: SubjectKey[] = [];
    const tenant = this.sealer.tenantOf(snapshot.streamName);
    for (const subject of await this.subjectsOf(snapshot)) {
      const known = await this.forSealing({ tenant, subject });
      // What was loaded before the person was forgotten must not outlive that.
      if (!known) return;
      keys.push({ subject, ...known });
    }
    const state: StoredState =
      keys.length === 0 ? { plain: snapshot.state } : { sealed: sealState(snapshot.state, keys, contextOf(snapshot)) };
    await this.inner.save({ ...snapshot, state });
  }

  override delete(streamName: string): Promise<void> {
    return this.inner.delete(streamName);
  }

  private async open(stored: Snapshot): Promise<unknown> {
    // One of before there was a protection has neither, and is not used.
    const { plain, sealed } = stored.state as { plain?: unknown; sealed?: SealedState };
    if (!sealed) return plain;
    const tenant = this.sealer.tenantOf(stored.streamName);
    const known = await Promise.all(sealed.subjects.map(([subject]) => this.keys.forOpening({ tenant, subject })));
    return openState(sealed, known, contextOf(stored));
  }

  /** Of all events that are in the state; those that an earlier snapshot knows of are not looked at again. */
  private async subjectsOf({ streamName, revision, version }: Snapshot): Promise<readonly string[]> {
    const earlier = await this.inner.load(streamName, revision);
    const subjects = new Set<string>();
    let from = 1;
    if (earlier && earlier.version <= version && (await this.isOfStream(earlier))) {
      const { plain, sealed } = earlier.state as { plain?: unknown; sealed?: SealedState };
      if (sealed || plain !== undefined) from = earlier.version + 1;
      for (const [subject] of sealed?.subjects ?? []) subjects.add(subject);
    }
    for await (const event of this.events.readStream(streamName, { fromVersion: from, toVersion: version })) {
      for (const subject of this.sealer.subjectsOf(event)) subjects.add(subject);
    }
    return [...subjects].toSorted();
  }

  private async isOfStream({ streamName, version, eventId }: Snapshot): Promise<boolean> {
    const range = { fromVersion: version, toVersion: version };
    for await (const { id } of this.events.readStream(streamName, range)) return id === eventId;
    return false;
  }

  private async forSealing(id: { tenant: string | undefined; subject: string }) {
    try {
      return await this.keys.forSealing(id);
    } catch (error) {
      if (isLooseCouplingError(error, 'LC_SUBJECT_FORGOTTEN')) return undefined;
      throw error;
    }
  }
}

const contextOf = ({ streamName, revision, version, eventId }: Snapshot): string =>
  JSON.stringify(['lc-snapshot', streamName, revision, version, eventId]);
