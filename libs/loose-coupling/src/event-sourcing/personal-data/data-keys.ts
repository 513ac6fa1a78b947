import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { isLooseCouplingError, SystemClock, uuidv7, type Clock } from '../../kernel/index.js';
import { DamagedDataKeyError } from '../errors/damaged-data-key.error.js';
import { DataKeyUnavailableError } from '../errors/data-key-unavailable.error.js';
import { SubjectForgottenError } from '../errors/subject-forgotten.error.js';
import type { DataKeyRecord, DataKeyStore, StoredDataKey } from './data-key-store.js';
import { KeyCache, type KnownKey } from './key-cache.js';
import type { KeyEncryption } from './key-encryption.js';
import { subjectKey, type SubjectId } from './subject-id.js';

const DATA_KEY_BYTES = 32;
const MOST_CACHED = 1_000;
export const DEFAULT_CACHE_MS = 30_000;

export interface DataKeysOptions {
  readonly store: DataKeyStore;
  readonly encryption: KeyEncryption;
  /** Milliseconds after which a key is asked for again: so long may other processes not know of forgetting. Default 30 s. */
  readonly cacheFor?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** The keys of subjects, as they are used: unwrapped, for a short time. A `KeyObject` shows its bytes to no log. */
export class DataKeys {
  private readonly cache: KeyCache;
  private readonly clock: Clock;
  private readonly loading = new Map<string, Promise<KnownKey | undefined>>();
  /** Grows when something is forgotten: what was asked before is then not kept. */
  private forgettings = 0;

  constructor(private readonly options: DataKeysOptions) {
    this.clock = options.clock ?? new SystemClock();
    this.cache = new KeyCache(this.clock, MOST_CACHED, options.cacheFor ?? DEFAULT_CACHE_MS);
  }

  /**
   * The key that new data is encrypted under, made when there is none.
   * @throws {SubjectForgottenError} @throws {DataKeyUnavailableError}
   */
  async forSealing(id: SubjectId): Promise<{ readonly id: string; readonly key: KeyObject }> {
    const known = this.cache.get(subjectKey(id)) ?? (await this.load(id)) ?? (await this.make(id));
    if (known.forgotten) throw new SubjectForgottenError(id.subject);
    return known;
  }

  /** @throws {DataKeyUnavailableError} when there is no key, and nothing that says why */
  async forOpening(id: SubjectId): Promise<KnownKey> {
    const known = this.cache.get(subjectKey(id)) ?? (await this.load(id));
    if (!known) throw missing(id);
    return known;
  }

  /** The same where nothing can be waited for. @throws {DataKeyUnavailableError} also when it would take a wait */
  forOpeningNow(id: SubjectId): KnownKey {
    const cached = this.cache.get(subjectKey(id));
    if (cached) return cached;
    const record = this.recordOf(id);
    if (record instanceof Promise) throw this.late(id, record);
    if (!record) throw missing(id);
    const known = this.unwrapped(id, record);
    if (known instanceof Promise) throw this.late(id, known);
    this.cache.set(subjectKey(id), known);
    return known;
  }

  async forget(id: SubjectId): Promise<void> {
    this.drop(id);
    await this.options.store.forget(subjectKey(id), this.clock.now());
    this.drop(id);
  }

  async isForgotten(id: SubjectId): Promise<boolean> {
    return (await this.options.store.get(subjectKey(id)))?.forgottenAt !== undefined;
  }

  /** What the keys are stored under. */
  names(): AsyncIterable<string> {
    return this.options.store.subjects();
  }

  /** Wraps a key under the key-encryption key that is current now. Resolves to whether it was another one before. */
  async rewrap(name: string): Promise<boolean> {
    const { store, encryption } = this.options;
    const key = (await store.get(name))?.key;
    if (!key || key.wrappedBy === encryption.currentKey) return false;
    try {
      const bytes = await encryption.unwrap(key, contextOf(name, key.id));
      return await store.rewrap(name, key, await encryption.wrap(bytes, contextOf(name, key.id)));
    } catch (cause) {
      throw new DataKeyUnavailableError(name, 'it could not be encrypted anew', { cause });
    }
  }

  async close(): Promise<void> {
    await this.options.store.close?.();
  }

  private drop(id: SubjectId): void {
    this.forgettings += 1;
    this.cache.delete(subjectKey(id));
    this.loading.delete(subjectKey(id));
  }

  private load(id: SubjectId): Promise<KnownKey | undefined> {
    const name = subjectKey(id);
    const under = this.loading.get(name);
    if (under) return under;
    const loading = this.read(id).finally(() => {
      if (this.loading.get(name) === loading) this.loading.delete(name);
    });
    this.loading.set(name, loading);
    return loading;
  }

  private async read(id: SubjectId): Promise<KnownKey | undefined> {
    const before = this.forgettings;
    const record = await this.recordOf(id);
    if (!record) return undefined;
    return this.keep(id, await this.unwrapped(id, record), before);
  }

  /** Two processes may do this at once; the store says whose key it is. */
  private async make(id: SubjectId): Promise<KnownKey> {
    const before = this.forgettings;
    const bytes = randomBytes(DATA_KEY_BYTES);
    const key = createSecretKey(bytes);
    const keyId = uuidv7(this.clock.now());
    const wrapped = await this.wrap(id, keyId, bytes);
    const record = await this.answered(id, () => this.options.store.add(subjectKey(id), { id: keyId, ...wrapped }));
    const known = record.key?.id === keyId ? { id: keyId, key } : await this.unwrapped(id, record);
    return this.keep(id, known, before);
  }

  private keep(id: SubjectId, known: KnownKey, before: number): KnownKey {
    if (this.forgettings === before) this.cache.set(subjectKey(id), known);
    return known;
  }

  private recordOf(id: SubjectId): DataKeyRecord | undefined | Promise<DataKeyRecord | undefined> {
    return this.answered(id, () => this.options.store.get(subjectKey(id)));
  }

  /** What the store says of a damaged record, or that it does not answer, is told of the subject. */
  private answered<Answer>(id: SubjectId, ask: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
    const refuse = (cause: unknown): never => {
      const isDamaged = isLooseCouplingError(cause, 'LC_DAMAGED_DATA_KEY');
      const reason = isDamaged ? cause.message : 'the key store does not answer';
      throw new DataKeyUnavailableError(id.subject, reason, { cause });
    };
    try {
      const answer = ask();
      return answer instanceof Promise ? answer.catch(refuse) : answer;
    } catch (cause) {
      return refuse(cause);
    }
  }

  private async wrap(id: SubjectId, keyId: string, bytes: Buffer) {
    try {
      return await this.options.encryption.wrap(bytes, contextOf(subjectKey(id), keyId));
    } catch (cause) {
      throw new DataKeyUnavailableError(id.subject, 'it could not be encrypted', { cause });
    } finally {
      bytes.fill(0);
    }
  }

  private unwrapped(id: SubjectId, record: DataKeyRecord): KnownKey | Promise<KnownKey> {
    if (!record.key) return { forgotten: true };
    const { key } = record;
    try {
      const bytes = this.options.encryption.unwrap(key, contextOf(subjectKey(id), key.id));
      if (!(bytes instanceof Promise)) return toKey(key, bytes);
      return bytes
        .then((unwrapped) => toKey(key, unwrapped))
        .catch((cause: unknown) => Promise.reject(undecryptable(id, cause)));
    } catch (cause) {
      throw undecryptable(id, cause);
    }
  }

  private late(id: SubjectId, answer: Promise<unknown>): DataKeyUnavailableError {
    // Nobody waits for it.
    answer.catch(() => undefined);
    return new DataKeyUnavailableError(
      id.subject,
      'an inline projection cannot wait for a key; keep the keys in SQLite, and the key-encryption key in the options',
    );
  }
}

const missing = ({ subject }: SubjectId): DataKeyUnavailableError =>
  new DataKeyUnavailableError(subject, 'the key store has no record of it', { lasting: true });

const undecryptable = ({ subject }: SubjectId, cause: unknown): DataKeyUnavailableError =>
  new DataKeyUnavailableError(subject, 'it could not be decrypted', { cause });

/** Ties a wrapped key to its subject: it cannot be given to another. */
const contextOf = (name: string, keyId: string): string => JSON.stringify(['lc-data-key', name, keyId]);

/** @throws {DamagedDataKeyError} for what no data key can be */
function toKey({ id }: StoredDataKey, bytes: Uint8Array): KnownKey {
  if (bytes.byteLength !== DATA_KEY_BYTES) throw new DamagedDataKeyError(`it has ${bytes.byteLength} bytes, not 32`);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id, key };
}
