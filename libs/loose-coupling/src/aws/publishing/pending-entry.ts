import type { EntryResult } from '../../messaging/index.js';
import type { Round } from './rounds.js';

/** An entry from `add` to its result. It is in one list at most, so lists link entries through `next`. */
export class PendingEntry<Item, Result> {
  next: PendingEntry<Item, Result> | undefined;
  /** The entry behind it in its group. */
  follower: PendingEntry<Item, Result> | undefined;
  attempts = 0;
  /** Monotonic milliseconds of the first attempt. */
  firstSentAt = 0;
  /** It may be the reason why a call failed, so it shares none. */
  alone = false;
  lastError: Error | undefined;

  constructor(
    readonly item: Item,
    readonly bytes: number,
    readonly group: string | undefined,
    readonly round: Round,
    readonly settle: (result: EntryResult<Result>) => void,
  ) {}
}
