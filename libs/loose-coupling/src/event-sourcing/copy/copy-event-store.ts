import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { asStored } from '../core/stored-form.js';
import { CopyRun } from './copy-run.js';

export interface CopyProgress {
  /** Position in the source up to which everything is in the target; give it as `afterPosition` to go on from here. */
  readonly position: number;
  /** Events written by this call. */
  readonly copied: number;
  /** Events that were there already. */
  readonly found: number;
}

export interface CopyEventStoreOptions {
  /** Position in the source to begin after. Default 0; what the target has is recognised, and not written again. */
  readonly afterPosition?: number;
  /** Reads back what was written and compares it. Default true. */
  readonly verify?: boolean;
  /** Called after each write; what it returns is awaited. */
  readonly onProgress?: (progress: CopyProgress) => Promise<void> | void;
  /** Ends the copy between two writes. The call then resolves with how far it came. */
  readonly signal?: AbortSignal;
}

/** Events of one stream that were stored one after the other at the same time: at most so many go in one write. */
const LONGEST_RUN = 100;

/**
 * Copies all events of one store to another, of whatever kind: in the order of the source's feed, each with its stream,
 * version, id, time and metadata. Positions are the target's own. It may be ended and begun again at any time, by a crash too.
 * Personal data is copied as it is stored, encrypted: the target takes the same keys. Messages of the outbox and marks of the inbox stay: let the outbox run empty before the services change over.
 * @throws {CopyMismatchError} when a stream of the target holds something else, or was not read back as it was written
 */
export async function copyEventStore(
  source: EventStore,
  target: EventStore,
  options: CopyEventStoreOptions = {},
): Promise<CopyProgress> {
  const { afterPosition = 0, verify = true, onProgress, signal } = options;
  let progress: CopyProgress = { position: afterPosition, copied: 0, found: 0 };
  for await (const events of runsOf(asStored(source).readAll({ afterPosition }))) {
    if (signal?.aborted) break;
    const copied = await new CopyRun(asStored(target), events, verify).copy();
    progress = {
      position: events.at(-1)?.position ?? progress.position,
      copied: progress.copied + copied,
      found: progress.found + events.length - copied,
    };
    await onProgress?.(progress);
  }
  return progress;
}

/** Neighbours in the feed that can be written at once without changing its order. */
async function* runsOf(events: AsyncIterable<EventEnvelope>): AsyncGenerator<EventEnvelope[]> {
  let run: EventEnvelope[] = [];
  for await (const event of events) {
    const first = run[0];
    const joins =
      first !== undefined &&
      run.length < LONGEST_RUN &&
      first.streamName === event.streamName &&
      first.recordedAt === event.recordedAt;
    if (!joins && run.length > 0) {
      yield run;
      run = [];
    }
    run.push(event);
  }
  if (run.length > 0) yield run;
}
