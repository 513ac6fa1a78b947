import { DynamoDbCircuitStateStore, type AwsClientOptions } from './aws/index.js';
import type { Clock } from './kernel/index.js';
import type { SharedStateOptions } from './resilience/nest/shared-state.options.js';
import type { CircuitStateStore } from './resilience/state/circuit-state-store.js';
import { SqliteCircuitStateStore } from './resilience/state/sqlite/sqlite-circuit-state-store.js';
import { resolveDataFile } from './sqlite/index.js';

const DEFAULT_FILE = 'circuits.db';

/**
 * The store that the options ask for. Files and connections are opened when it is used.
 * @throws {MissingPackageError} when the packages of the AWS SDK are not installed, and needed
 */
export function openCircuitStateStore(
  options: SharedStateOptions,
  aws: AwsClientOptions | undefined,
  clock: Clock,
): CircuitStateStore {
  if (options.type === 'custom') return options.store;
  if (options.type === 'sqlite') {
    return new SqliteCircuitStateStore({ file: resolveDataFile(options.file ?? DEFAULT_FILE), clock });
  }
  const { table, provision, storeTimeout } = options;
  return new DynamoDbCircuitStateStore({
    clock,
    ...(table !== undefined && { table }),
    ...(provision && { provision }),
    ...(aws && { aws }),
    ...(storeTimeout !== undefined && { requestTimeout: storeTimeout }),
  });
}
