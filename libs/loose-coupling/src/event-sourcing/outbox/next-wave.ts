import { lanesOf } from './lanes-of.js';
import type { OutboxEntry } from './outbox-storage.js';

/**
 * Takes the entries that may leave at the same time: the first of each lane. The rest must wait until those are
 * accepted, since one refused in the middle of a batch would be overtaken.
 */
export function nextWave(entries: readonly OutboxEntry[]): { wave: OutboxEntry[]; rest: OutboxEntry[] } {
  const wave: OutboxEntry[] = [];
  const rest: OutboxEntry[] = [];
  const taken = new Set<string>();
  for (const entry of entries) {
    const lanes = lanesOf(entry);
    (lanes.some((lane) => taken.has(lane)) ? rest : wave).push(entry);
    for (const lane of lanes) taken.add(lane);
  }
  return { wave, rest };
}
