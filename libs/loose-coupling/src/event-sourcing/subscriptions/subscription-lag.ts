import type { Clock } from '../../kernel/index.js';
import type { EventStore } from '../core/event-store.js';
import { passOver } from '../core/readable-pages.js';
import { withAllTenants } from '../tenancy/all-tenants.js';
import type { CheckpointStore } from './checkpoint-store.js';

/** How far a subscription is behind the end of the feed. */
export interface SubscriptionLag {
  /** Where it is; of several partitions, the one that is furthest behind. */
  readonly position: number;
  /** Where the feed ends. */
  readonly end: number;
  /** Positions between the two; 0 when every event was handled, or parked. */
  readonly positions: number;
  /** Age of the oldest event that was not handled, in milliseconds; 0 when there is none. */
  readonly behindMs: number;
  /** Events that were set aside. */
  readonly parked: number;
}

export async function lagOf(
  names: readonly string[],
  {
    store,
    checkpoints,
    clock,
  }: { readonly store: EventStore; readonly checkpoints: CheckpointStore; readonly clock: Clock },
): Promise<SubscriptionLag> {
  const found = await Promise.all(names.map((name) => checkpoints.read(name)));
  const position = Math.min(...found.map((checkpoint) => checkpoint?.position ?? 0));
  const counts = await Promise.all(names.map((name) => checkpoints.countParked(name)));
  const parked = counts.reduce((sum, count) => sum + count, 0);
  const end = Math.max(position, await withAllTenants(() => store.lastPosition()));
  // Positions may also be given to what is no event, so only an event says that there is something to do.
  const first = { afterPosition: position, limit: 1, onUnreadable: passOver };
  for await (const next of withAllTenants(() => store.readAll(first))) {
    const behindMs = Math.max(0, clock.now() - next.recordedAt);
    return { position, end, positions: end - position, behindMs, parked };
  }
  return { position, end, positions: 0, behindMs: 0, parked };
}
