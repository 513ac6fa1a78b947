import type { WrappedKey } from './data-key-store.js';

type Eventually<Value> = Value | Promise<Value>;

/**
 * Encrypts the keys of subjects, so that their store alone is worth nothing. The built-in one takes its key from the
 * options; another may be a key management service, of which the key never leaves.
 */
export interface KeyEncryption {
  /** Which key wraps now; keys that another one wrapped are the ones to rotate. */
  readonly currentKey: string;
  /** @param context must be the same when unwrapping, or that fails */
  wrap(dataKey: Uint8Array, context: string): Eventually<WrappedKey>;
  /**
   * Rejects with `DamagedDataKeyError` when the key is not known any more, or when wrapping or context were changed:
   * events that need it are then set aside. Whatever else it rejects with counts as an outage, which is waited for.
   */
  unwrap(key: WrappedKey, context: string): Eventually<Uint8Array>;
}
