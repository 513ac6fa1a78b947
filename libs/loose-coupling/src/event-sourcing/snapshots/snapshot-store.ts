/** State of a stream at one of its versions, so that loading need not begin at the first. */
export interface Snapshot {
  readonly streamName: string;
  /** Of the code that made it: one of another revision is never asked for. */
  readonly revision: number;
  /** Version of the last event that is in it. */
  readonly version: number;
  /** Id of that event. A stream that does not have it there is not the one that the snapshot was made of. */
  readonly eventId: string;
  /** JSON. */
  readonly state: unknown;
}

/**
 * Keeps the last snapshot of each stream and revision. Losing one costs time, not data: it is never asked for anything
 * that the events do not say. Injectable; `forRoot({ store })` chooses the implementation, and a provider may replace it.
 */
export abstract class SnapshotStore {
  /** May be one of a moment ago. What it gives is the caller's own. */
  abstract load(streamName: string, revision: number): Promise<Snapshot | undefined>;

  /** Takes the place of the one before. */
  abstract save(snapshot: Snapshot): Promise<void>;

  /** Those of all revisions. */
  abstract delete(streamName: string): Promise<void>;
}
