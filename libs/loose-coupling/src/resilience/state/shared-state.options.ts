import type { CircuitStateStore } from './circuit-state-store.js';

interface SharedStateCommon {
  /**
   * Milliseconds between two looks at the store, while shared breakers are used or open: how much later, and two round
   * trips, a process follows another. Default 1,000.
   */
  readonly refreshInterval?: number;
  /** Longest wait for an answer of the store, in milliseconds; then breakers decide alone until it answers. Default 500. */
  readonly storeTimeout?: number;
  /**
   * Names of the policies whose circuits are shared. Default: all that have a name of their own. Processes that use one store
   * mean the same circuit by the same name. Circuits with a key stay local.
   */
  readonly policies?: readonly string[];
}

/** Where processes share their circuits. */
export type SharedStateOptions = SharedStateCommon &
  (
    | { /** Within this process: for tests. */ readonly type: 'memory' }
    | {
        /** Among the processes of one machine. */
        readonly type: 'sqlite';
        /** Relative names lie in the data directory. Default `circuits.db`. */
        readonly file?: string;
      }
    | {
        /** Among processes everywhere. */
        readonly type: 'dynamodb';
        /** Default `circuit-breaker-state`, as in the source document. */
        readonly table?: string;
        /** Whether the table is made when it is missing, only checked, or taken as it is. Default `none`. */
        readonly provision?: 'create' | 'validate' | 'none';
      }
    | {
        /** Wherever the application likes. The store is closed with it. */
        readonly type: 'custom';
        readonly store: CircuitStateStore;
      }
  );
