import type { CircuitStateStore } from '../state/circuit-state-store.js';

/** Which circuits are shared, and how closely. Times are milliseconds. */
interface SharingOptions {
  /** Between two looks at the store, while breakers are used or open. Default 1,000. */
  readonly refreshInterval?: number;
  /** Longest wait for an answer of the store; then breakers decide alone. Default 500. */
  readonly storeTimeout?: number;
  /** Names of the policies whose circuits are shared. Default: every circuit with a name of its own, unless it has keys. */
  readonly policies?: readonly string[];
}

/** The processes of one machine, through a file. */
export interface SqliteSharedStateOptions extends SharingOptions {
  readonly type: 'sqlite';
  /** Relative to `LOOSE_COUPLING_DATA_DIR`, by default `.loose-coupling/`. Default `circuits.db`. */
  readonly file?: string;
}

/** Processes everywhere, through a table; needs the option `aws`, or what the AWS SDK finds by itself. */
export interface DynamoDbSharedStateOptions extends SharingOptions {
  readonly type: 'dynamodb';
  /** Default `circuit-breaker-state`. */
  readonly table?: string;
  /** `create` makes a missing table, `validate` checks it, `none` (default) takes it as it is. */
  readonly provision?: 'create' | 'validate' | 'none';
}

/** A store of the application's own. It is closed with the application. */
export interface CustomSharedStateOptions extends SharingOptions {
  readonly type: 'custom';
  readonly store: CircuitStateStore;
}

/** Where the circuits of several processes meet: one that opens here opens there. */
export type SharedStateOptions = SqliteSharedStateOptions | DynamoDbSharedStateOptions | CustomSharedStateOptions;
