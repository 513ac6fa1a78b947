/** A key, encrypted under a key-encryption key. Worth nothing without that one. */
export interface WrappedKey {
  /** Which key-encryption key it takes to unwrap it. */
  readonly wrappedBy: string;
  /** Base64. */
  readonly wrapped: string;
}

/** The key that the personal data of one person is encrypted under, as it is stored. */
export interface StoredDataKey extends WrappedKey {
  /** Told apart from keys that the same person had elsewhere. */
  readonly id: string;
}

/** What is known of a subject: its key, or that it was forgotten. The second is final. */
export type DataKeyRecord =
  | { readonly key: StoredDataKey; readonly forgottenAt?: undefined }
  | { /** Epoch milliseconds. */ readonly forgottenAt: number; readonly key?: undefined };

type Eventually<Value> = Value | Promise<Value>;

/**
 * Where the keys of subjects are kept; deleting one is what forgets a person. Keep it, and its backups, apart from the
 * events: a restored backup of both would bring a forgotten person back. All methods may answer at once or later;
 * inline projections need one that answers at once.
 */
export interface DataKeyStore {
  /** @throws {DamagedDataKeyError} when the record is neither a key nor a mark; any other error counts as an outage */
  get(subject: string): Eventually<DataKeyRecord | undefined>;
  /** Stores the first key of a subject; resolves to what is stored, which may be another's, or that it is forgotten. */
  add(subject: string, key: StoredDataKey): Eventually<DataKeyRecord>;
  /** Puts the same key in another wrapping, unless the record has changed. Resolves to whether it did. */
  rewrap(subject: string, from: StoredDataKey, to: WrappedKey): Eventually<boolean>;
  /** Deletes the key for good and remembers that; also of a subject that has none. Again does nothing. */
  forget(subject: string, now: number): Eventually<void>;
  /** Subjects that have a key, in any order. */
  subjects(): AsyncIterable<string>;
  close?(): Eventually<void>;
}
