import type { FaultList } from '../../kernel/index.js';
import { checkPersonalDataRule, type PersonalDataRule } from '../../messaging/index.js';
import type { DataKeyStore } from './data-key-store.js';
import type { KeyEncryption } from './key-encryption.js';
import { faultOfKey } from './local-key-encryption.js';

/** How personal data is protected. See docs/personal-data.md. */
export interface PersonalDataOptions {
  /**
   * 32 bytes as base64, from a secret: they encrypt the keys of the persons. Of several, the first encrypts and all
   * decrypt, so that one can be replaced by another.
   */
  readonly keyEncryptionKey?: string | readonly string[];
  /** In place of `keyEncryptionKey`: a key management service, for example. */
  readonly keyProvider?: KeyEncryption;
  /**
   * Where the keys of the persons are kept. Default: where the events are; on SQLite in a file of its own beside theirs,
   * on DynamoDB in items `K#<subject>` of their table.
   */
  readonly keyStore?: DataKeyStore;
  /** Milliseconds that a key is kept in memory: so long another process may read what was forgotten. Default 30,000. */
  readonly cacheFor?: number;
  /** Personal fields of events that have no class with `@PersonalData`: by type, or by `type@version`. */
  readonly events?: Readonly<Record<string, PersonalDataRule | readonly PersonalDataRule[]>>;
}

const KNOWN = ['keyEncryptionKey', 'keyProvider', 'keyStore', 'cacheFor', 'events'];
const STORE_METHODS = ['get', 'add', 'rewrap', 'forget', 'subjects'];
const PROVIDER_METHODS = ['wrap', 'unwrap'];

/** Adds everything that is wrong. No fault quotes a key. */
export function validatePersonalDataOptions(options: PersonalDataOptions, faults: FaultList): void {
  const { keyEncryptionKey, keyProvider, keyStore, cacheFor, events } = options;
  faults.unknownKeys('personalData', options, KNOWN);
  if ((keyEncryptionKey === undefined) === (keyProvider === undefined)) {
    faults.say('personalData: give either keyEncryptionKey or keyProvider');
  }
  if (keyEncryptionKey !== undefined) checkKeys(keyEncryptionKey, faults);
  if (keyProvider !== undefined && !has(keyProvider, PROVIDER_METHODS)) {
    faults.add('personalData.keyProvider', 'a KeyEncryption, with wrap and unwrap', keyProvider);
  }
  if (keyStore !== undefined && !has(keyStore, STORE_METHODS)) {
    faults.add('personalData.keyStore', `a DataKeyStore, with ${STORE_METHODS.join(', ')}`, keyStore);
  }
  faults.duration('personalData.cacheFor', cacheFor);
  if (events !== undefined) checkEvents(events, faults);
}

function checkKeys(keys: unknown, faults: FaultList): void {
  const list = [keys].flat();
  if (list.length === 0) faults.say('personalData.keyEncryptionKey: expected at least one key');
  for (const [index, key] of list.entries()) {
    const fault = faultOfKey(key);
    if (fault !== undefined) {
      faults.say(`personalData.keyEncryptionKey${Array.isArray(keys) ? `[${index}]` : ''}: ${fault}`);
    }
  }
}

function checkEvents(events: unknown, faults: FaultList): void {
  if (typeof events !== 'object' || events === null || Array.isArray(events)) {
    return faults.add('personalData.events', 'rules by event type', events);
  }
  for (const [type, rules] of Object.entries(events as Record<string, unknown>)) {
    for (const rule of [rules].flat()) checkPersonalDataRule(faults, `personalData.events["${type}"]`, rule);
  }
}

const has = (value: unknown, methods: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
