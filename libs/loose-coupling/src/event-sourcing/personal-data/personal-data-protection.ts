import type { Clock } from '../../kernel/index.js';
import type { EventStore } from '../core/event-store.js';
import { asStored } from '../core/stored-form.js';
import type { SnapshotStore } from '../snapshots/snapshot-store.js';
import type { DataKeyStore } from './data-key-store.js';
import { DataKeys } from './data-keys.js';
import { EventSealer, type StreamPlace } from './event-sealer.js';
import { LocalKeyEncryption } from './local-key-encryption.js';
import { MessageSealer } from './message-sealer.js';
import type { PersonalDataOptions } from './personal-data-options.js';
import { PersonalDataRules } from './personal-data-rules.js';
import { SealedSnapshotStore } from './sealed-snapshot-store.js';

/** What one application protects personal data with. */
export class PersonalDataProtection {
  readonly keys: DataKeys;
  readonly rules: PersonalDataRules;
  readonly messages: MessageSealer;

  /**
   * @param keyStore the one that goes with the events, unless the options name another
   * @param tenanted whether each tenant has subjects of its own
   */
  constructor(options: PersonalDataOptions, keyStore: () => DataKeyStore, clock?: Clock, tenanted = false) {
    const { keyEncryptionKey = [], keyProvider, cacheFor, events } = options;
    this.keys = new DataKeys({
      encryption: keyProvider ?? new LocalKeyEncryption(keyEncryptionKey),
      store: options.keyStore ?? keyStore(),
      ...(cacheFor !== undefined && { cacheFor }),
      ...(clock && { clock }),
    });
    this.rules = new PersonalDataRules(events);
    this.messages = new MessageSealer(this.keys, tenanted);
  }

  /** For the events of one store. */
  events(placeOf?: (storedStreamName: string) => StreamPlace): EventSealer {
    return new EventSealer({ keys: this.keys, rules: this.rules, ...(placeOf && { placeOf }) });
  }

  /** For the snapshots of one store. */
  snapshots(inner: SnapshotStore, events: EventStore, sealer: EventSealer): SnapshotStore {
    return new SealedSnapshotStore(inner, asStored(events), sealer, this.keys);
  }

  close(): Promise<void> {
    return this.keys.close();
  }
}
