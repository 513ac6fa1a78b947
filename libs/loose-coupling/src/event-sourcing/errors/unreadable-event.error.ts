import { LooseCouplingError } from '../../kernel/index.js';

/** Where an event is stored. */
interface EventPlace {
  readonly type: string;
  readonly streamName: string;
  readonly version: number;
  readonly position: number;
}

/**
 * Thrown when a stored event cannot be read, however often that is tried: its bytes, its encrypted fields or the key to
 * them were damaged. `cause` says which. That the store, or the store of keys, is away is another error.
 */
export class UnreadableEventError extends LooseCouplingError {
  readonly code = 'LC_UNREADABLE_EVENT';
  readonly streamName: string;
  readonly version: number;
  /** 0 where the event is not in the feed yet. */
  readonly position: number;

  constructor({ type, streamName, version, position }: EventPlace, cause: unknown) {
    const place = position > 0 ? `, position ${position} of the feed` : '';
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(
      `The event ${type}, version ${version} of the stream "${streamName}"${place}, cannot be read. ${reason} Restore ` +
        'what was damaged from a backup; subscriptions that have parked the event are then asked to replay it.',
      { cause },
    );
    this.streamName = streamName;
    this.version = version;
    this.position = position;
  }
}
