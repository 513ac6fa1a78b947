import type { EventEnvelope } from './event-store.js';

/** What an event is called whose name cannot be read. */
export const UNKNOWN = 'unknown';

/** Stands as the data of an event whose stored bytes are no event. */
export class Undecodable {
  constructor(readonly error: unknown) {}
}

/** An event of which only the place can be trusted, or the names too. Takes its place in a page, so that others are read. */
export const undecodable = (
  place: Pick<EventEnvelope, 'streamName' | 'version' | 'position' | 'recordedAt'> &
    Partial<Pick<EventEnvelope, 'id' | 'type' | 'schemaVersion'>>,
  error: unknown,
): EventEnvelope => ({
  id: UNKNOWN,
  type: UNKNOWN,
  schemaVersion: 1,
  metadata: {},
  ...place,
  data: new Undecodable(error),
});
