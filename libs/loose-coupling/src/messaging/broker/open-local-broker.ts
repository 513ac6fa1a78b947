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
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Opens the embedded broker. Close it to let the process end.
 * @throws {DatabaseOpenError} when the file cannot be opened
 * @throws {DatabaseVersionError} when it was written by a newer version of the package
 */
export async function openLocalBroker(options: OpenLocalBrokerOptions = {}): Promise<LocalBroker> {
  const { file = ':memory:', clock = new SystemClock() } = options;
  return new EmbeddedBroker(file === ':memory:' ? new MemoryStorage() : new SqliteStorage(file, clock), clock);
}
