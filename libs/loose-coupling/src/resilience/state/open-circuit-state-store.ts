import type { Clock } from '../../kernel/index.js';
import { resolveDataFile } from '../../sqlite/index.js';
import type { CircuitStateStore } from './circuit-state-store.js';
import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';
import type { SharedStateOptions } from './shared-state.options.js';
import { SqliteCircuitStateStore } from './sqlite/sqlite-circuit-state-store.js';

const DEFAULT_FILE = 'circuits.db';
/** Shared by the applications of this process: alone, each would share with nobody. */
let processWide: MemoryCircuitStateStore | undefined;

/** What a store on DynamoDB is made from. */
export interface DynamoDbStoreSettings {
  readonly table?: string;
  readonly provision?: 'create' | 'validate' | 'none';
  readonly requestTimeout?: number;
  readonly clock: Clock;
}

/**
 * The store that the options ask for. Nothing is opened or connected before its first use. `openDynamoDb` is given by who
 * composes the application, as what needs AWS lies above this.
 * @throws {MissingPackageError} when a package that the store needs is not installed
 */
export function openCircuitStateStore(
  options: SharedStateOptions,
  clock: Clock,
  openDynamoDb: (settings: DynamoDbStoreSettings) => CircuitStateStore,
): CircuitStateStore {
  switch (options.type) {
    case 'memory':
      return (processWide ??= new MemoryCircuitStateStore());
    case 'sqlite':
      return new SqliteCircuitStateStore({ file: resolveDataFile(options.file ?? DEFAULT_FILE), clock });
    case 'custom':
      return options.store;
    case 'dynamodb': {
      const { table, provision, storeTimeout } = options;
      return openDynamoDb({
        clock,
        ...(table !== undefined && { table }),
        ...(provision !== undefined && { provision }),
        ...(storeTimeout !== undefined && { requestTimeout: storeTimeout }),
      });
    }
  }
}
