import type { EventProtection, UnreadableListener } from '../core/event-protection.js';
import type { EventEnvelope } from '../core/event-store.js';

/** Stores events as they are, and says of some that they cannot be read. */
export function damagingProtection(isDamaged: (event: EventEnvelope) => boolean): EventProtection {
  const openNow = (page: readonly EventEnvelope[], onUnreadable: UnreadableListener): readonly EventEnvelope[] => {
    page.forEach((event, index) => isDamaged(event) && onUnreadable(index, new Error('damaged by a test')));
    return page;
  };
  return { seal: async (prepared) => prepared, open: async (...args) => openNow(...args), openNow };
}

/** Named as `stream@version`. */
export const isIn =
  (damaged: ReadonlySet<string>) =>
  ({ streamName, version }: EventEnvelope): boolean =>
    damaged.has(`${streamName}@${version}`);
