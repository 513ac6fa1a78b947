import type { EntryResult, QueueEntry } from '../../messaging/index.js';
import type { BatcherCloseOptions } from './entry-batcher.options.js';

/** Puts messages on one queue. */
export interface EntrySender {
  /** Resolves once every entry was accepted or refused, with a result for each, in their order. Nothing is thrown for an entry. */
  send(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]>;
  flush(): Promise<void>;
  /** Sends what was given to it, then refuses more with `ClosedError`. */
  close(options?: BatcherCloseOptions): Promise<void>;
}
