import { type Clock, SystemClock } from '../../kernel/index.js';
import { EmbeddedBroker } from './embedded-broker.js';
import type { LocalBroker } from './local-broker.js';
import { MemoryStorage } from './memory/memory-storage.js';
import { SqliteStorage } from './sqlite/sqlite-storage.js';

export interface OpenLocalBrokerOptions {
  /**
   * Path of the file that the broker keeps everything in; all processes that open it share one broker. It must lie on
   * a local disk. Default: in memory, for this process alone.
   */
  readonly file?: string;
  /**
   * `normal` (default): a send survives the death of the process; the last ones may be lost when the machine loses
   * power. `full`: they survive that too, at the price of a disk flush per commit. For a file only.
   */
  readonly synchronous?: 'normal' | 'full';
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /**
   * Keep what is published to a topic that nobody subscribes to, up to 10,000 messages for four days, and give it to
   * the topic's first subscription. Default false: it is dropped, as on SNS.
   */
  readonly keepUnclaimed?: boolean;
}

/**
 * Opens the embedded broker. Close it to let the process end.
 * @throws {DatabaseOpenError} when the file cannot be opened
 * @throws {DatabaseVersionError} when it was written by a newer version of the package
 */
export async function openLocalBroker(options: OpenLocalBrokerOptions = {}): Promise<LocalBroker> {
  const { file = ':memory:', clock = new SystemClock(), keepUnclaimed = false, synchronous = 'normal' } = options;
  const storage = file === ':memory:' ? new MemoryStorage() : new SqliteStorage(file, clock, { synchronous });
  return new EmbeddedBroker(storage, clock, { keepUnclaimed });
}
