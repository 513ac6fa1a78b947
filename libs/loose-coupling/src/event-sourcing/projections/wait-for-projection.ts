import { FaultList, isLooseCouplingError, type Clock } from '../../kernel/index.js';
import type { EventStore } from '../core/event-store.js';
import { passOver } from '../core/readable-pages.js';
import { WakeUp } from '../core/wake-up.js';
import { ProjectionTimeoutError } from '../errors/projection-timeout.error.js';
import type { UnreadableEventError } from '../errors/unreadable-event.error.js';
import { withAllTenants } from '../tenancy/all-tenants.js';

/** An event to wait for: its position, or where it lies in its stream when the position is not known yet. */
export type ProjectionTarget = number | { readonly streamName: string; readonly version: number };

export interface WaitOptions {
  /** Milliseconds. Default 5000. */
  readonly timeout?: number;
}

export interface WaitParts {
  readonly projection: string;
  readonly store: EventStore;
  readonly clock: Clock;
  /** How far the build that serves has come. */
  readonly position: () => Promise<number>;
  /** Calls back when that may have changed. Returns how to stop. */
  readonly listen: (listener: () => void) => () => void;
}

/** Other processes do not tell of their steps: they are looked for, with growing waits, in milliseconds. */
const FIRST_LOOK_MS = 10;
const SLOWEST_LOOK_MS = 500;

/** With a timeout that is no number there would be no end. @throws {InvalidOptionsError} */
export function checkWaitOptions(options: WaitOptions): void {
  const faults = new FaultList('waitForProjection()');
  faults.unknownKeys('', options, ['timeout']);
  faults.duration('timeout', options.timeout);
  faults.throwIfAny();
}

/** @throws {ProjectionTimeoutError} */
export async function waitForProjection(
  target: ProjectionTarget,
  options: WaitOptions,
  parts: WaitParts,
): Promise<void> {
  const { store, clock, position, projection } = parts;
  const { timeout = 5000 } = options;
  const end = clock.monotonic() + timeout;
  const wakeUp = new WakeUp(clock);
  const stop = parts.listen(() => wakeUp.call());
  try {
    let wanted = typeof target === 'number' ? target : undefined;
    let next = 0;
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, SLOWEST_LOOK_MS)) {
      wanted ??= await positionOf(store, target);
      const reached = await position();
      if (wanted !== undefined) {
        if (reached >= next) next = await nextEvent(store, reached, wanted);
        if (reached >= wanted || next > wanted) return;
      }
      const left = end - clock.monotonic();
      if (left <= 0) throw new ProjectionTimeoutError(projection, describe(target), reached, timeout);
      await wakeUp.wait(Math.min(wait, left));
    }
  } finally {
    stop();
  }
}

/** Where the first event lies after one position and up to another: positions are also given to what is no event. */
async function nextEvent(store: EventStore, after: number, upTo: number): Promise<number> {
  if (after >= upTo) return Infinity;
  // Of what is not there yet nobody knows what it will be.
  if ((await endOf(store)) < upTo) return 0;
  // A checkpoint is one for all tenants.
  const next = { afterPosition: after, limit: 1, onUnreadable: passOver };
  for await (const { position } of withAllTenants(() => store.readAll(next))) return position;
  return Infinity;
}

/** Undefined: the event is not in the feed yet. */
async function positionOf(store: EventStore, target: ProjectionTarget): Promise<number | undefined> {
  if (typeof target === 'number') return target;
  const { streamName, version } = target;
  const find = async () => {
    const position = await positionIn(store, streamName, version);
    return position > 0 ? position : undefined;
  };
  const known = await find();
  if (known !== undefined) return known;
  // Asking for the end puts into the feed what is stored and not there yet.
  await endOf(store);
  return find();
}

const endOf = (store: EventStore): Promise<number> => withAllTenants(() => store.lastPosition());

/** 0 where there is none. */
async function positionIn(store: EventStore, streamName: string, version: number): Promise<number> {
  try {
    for await (const event of store.readStream(streamName, { fromVersion: version, toVersion: version })) {
      return event.position;
    }
    return 0;
  } catch (error) {
    // The projection parks it, and it need not be read to know where it is.
    if (isLooseCouplingError(error, 'LC_UNREADABLE_EVENT')) return (error as UnreadableEventError).position;
    throw error;
  }
}

const describe = (target: ProjectionTarget): string =>
  typeof target === 'number' ? `position ${target}` : `version ${target.version} of "${target.streamName}"`;
