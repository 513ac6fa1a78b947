import type { EventEnvelope } from './event-store.js';

const PAGE = 1000;

/** A range of one stream, with its ends filled in. */
export interface StreamRange {
  readonly streamName: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Events at most; `Infinity` for all. */
  readonly limit: number;
  readonly backwards: boolean;
}

export type EventPage = readonly EventEnvelope[];
export type EventPages = Iterable<EventPage> | AsyncIterable<EventPage>;

/** Reads a range a thousand events at a time, for a store that can say where a page shall begin. */
export function* streamPages(range: StreamRange, read: (page: StreamRange) => EventPage): Generator<EventPage> {
  let rest = range;
  for (let left = range.limit; left > 0; left -= PAGE) {
    const limit = Math.min(PAGE, left);
    const page = read({ ...rest, limit });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < limit) return;
    rest = range.backwards ? { ...rest, toVersion: last.version - 1 } : { ...rest, fromVersion: last.version + 1 };
  }
}
