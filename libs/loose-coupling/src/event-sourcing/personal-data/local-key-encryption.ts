import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { InvalidOptionsError } from '../../kernel/index.js';
import { DamagedDataKeyError } from '../errors/damaged-data-key.error.js';
import { decrypt, encrypt } from './aes-gcm.js';
import type { WrappedKey } from './data-key-store.js';
import type { KeyEncryption } from './key-encryption.js';

const KEY_BYTES = 32;

/** What is wrong with a key-encryption key. Never quotes it. */
export function faultOfKey(key: unknown): string | undefined {
  if (typeof key !== 'string') return `expected 32 bytes as base64, got a ${typeof key}`;
  const { byteLength } = Buffer.from(key, 'base64');
  if (byteLength === KEY_BYTES && /^[\w+/-]+={0,2}$/.test(key)) return undefined;
  return `expected 32 bytes as base64 (openssl rand -base64 32), got a text that is ${byteLength} bytes`;
}

/** Key-encryption keys that the configuration holds: the first one wraps, all unwrap. AES-256-GCM. */
export class LocalKeyEncryption implements KeyEncryption {
  readonly currentKey: string;
  private readonly keys = new Map<string, KeyObject>();

  /**
   * @param keys 32 bytes each, as base64; the current one first, then those it has replaced
   * @throws {InvalidOptionsError}
   */
  constructor(keys: string | readonly string[]) {
    const list = [keys].flat();
    const faults = list.flatMap((key, index) => {
      const fault = faultOfKey(key);
      return fault === undefined ? [] : [`key ${index + 1}: ${fault}`];
    });
    if (list.length === 0) faults.push('at least one key is needed');
    if (faults.length > 0) throw new InvalidOptionsError('LocalKeyEncryption', faults);
    const named = list.map((key) => nameAndKey(Buffer.from(key, 'base64')));
    for (const [name, key] of named) this.keys.set(name, key);
    this.currentKey = named[0]?.[0] ?? '';
  }

  wrap(dataKey: Uint8Array, context: string): WrappedKey {
    const wrapped = encrypt(this.keyOf(this.currentKey), dataKey, context).toString('base64');
    return { wrappedBy: this.currentKey, wrapped };
  }

  unwrap({ wrappedBy, wrapped }: WrappedKey, context: string): Uint8Array {
    const dataKey = decrypt(this.keyOf(wrappedBy), Buffer.from(wrapped, 'base64'), context);
    if (!dataKey) throw new DamagedDataKeyError('it, or what it belongs to, was changed');
    return dataKey;
  }

  private keyOf(name: string): KeyObject {
    const key = this.keys.get(name);
    if (!key) {
      throw new DamagedDataKeyError(`it is wrapped by the key-encryption key ${name}, which is not among those given`);
    }
    return key;
  }
}

/** The name is a fingerprint, so that it needs no care of its own. */
function nameAndKey(bytes: Buffer): readonly [string, KeyObject] {
  const name = createHmac('sha256', bytes).update('nestjs-loose-coupling key name').digest('hex').slice(0, 16);
  return [name, createSecretKey(bytes)];
}
