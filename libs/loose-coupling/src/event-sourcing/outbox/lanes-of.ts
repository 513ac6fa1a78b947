import type { OutboxEntry } from './outbox-storage.js';

/** An entry that belongs to no stream has a lane of its own. */
export const lanesOf = ({ id, lanes }: OutboxEntry): readonly string[] => (lanes.length > 0 ? lanes : [`#${id}`]);
