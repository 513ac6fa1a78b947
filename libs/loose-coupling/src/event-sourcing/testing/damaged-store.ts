import { randomBytes } from 'node:crypto';
import type { EventProtection } from '../core/event-protection.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { DamagedDataKeyError } from '../errors/damaged-data-key.error.js';
import type { DataKeyRecord } from '../personal-data/data-key-store.js';
import { DataSubjects } from '../personal-data/data-subjects.js';
import { MemoryDataKeyStore } from '../personal-data/memory-data-key-store.js';
import { PersonalDataProtection } from '../personal-data/personal-data-protection.js';
import type { CheckpointStore } from '../subscriptions/checkpoint-store.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import type { PersistentSubscriptionOptions } from '../subscriptions/subscription-options.js';
import type { DrivenClock } from './process-chaos.js';

/** Undoes a damage. */
export type Mend = () => void;

/** A store that somebody else writes into. */
export interface DamageableStore {
  readonly store: EventStore & { readonly checkpoints: CheckpointStore };
  /** Changes what is encrypted in a stored event. */
  tamper(streamName: string, version: number): Mend;
  /** Ways to make a stored event undecodable, by name. */
  readonly damages: Readonly<Record<string, (streamName: string, version: number) => Mend>>;
  close(): Promise<void>;
}

export type DamageableStoreFactory = (protection: EventProtection, clock: DrivenClock) => DamageableStore;

export type KeyFault = 'away' | 'lost' | 'damaged';

/** Keys that can be away, lost or damaged. */
class FrailKeys extends MemoryDataKeyStore {
  readonly faults = new Map<string, KeyFault>();

  override get(subject: string): DataKeyRecord | undefined {
    const fault = this.faults.get(subject);
    if (fault === 'away') throw new Error('The store of keys is away.');
    if (fault === 'damaged') throw new DamagedDataKeyError('a test has damaged it');
    return fault === 'lost' ? undefined : super.get(subject);
  }
}

const KEY = randomBytes(32).toString('base64');

export const labelOf = ({ streamName, version }: EventEnvelope): string => `${streamName}@${version}`;

/** A store with personal data, and a process that subscribes to it. */
export function openDamageable(create: DamageableStoreFactory, clock: DrivenClock) {
  const keys = new FrailKeys();
  const events = { registered: { subject: 'customerId', fields: ['name'] } };
  // Keys are asked for each time, so that what befalls their store is noticed.
  const options = { keyEncryptionKey: KEY, keyStore: keys, events, cacheFor: 0 };
  const protection = new PersonalDataProtection(options, () => keys, clock);
  const opened = create(protection.events(), clock);
  const { store } = opened;
  const seen: string[] = [];
  const reports: string[] = [];
  const subscriptions = new PersistentSubscriptions({
    store,
    checkpoints: store.checkpoints,
    clock,
    report: (text) => void reports.push(text),
  });
  subscriptions.start();
  return {
    ...opened,
    clock,
    keys,
    seen,
    reports,
    subscriptions,
    subjects: new DataSubjects({ keys: protection.keys, events: store }),
    subscribe: (more: Partial<PersistentSubscriptionOptions> = {}) =>
      subscriptions.subscribe(
        { name: 'readers', retry: { maxAttempts: 3, initialDelay: 10, jitter: 'none' }, ...more },
        (event) => void seen.push(labelOf(event)),
      ),
    /** Each event in a commit of its own; those of a stream are about one person. */
    append: async (...streams: string[]) => {
      for (const streamName of streams) {
        await store.appendToStream(streamName, [{ type: 'registered', data: { customerId: streamName, name: 'Ada' } }]);
      }
      // So that they are in the feed, on DynamoDB too.
      await store.lastPosition();
    },
    until: async (holds: () => Promise<boolean> | boolean) => {
      for (let rounds = 0; rounds < 400; rounds += 1) {
        if (await holds()) return;
        await clock.advance(50);
      }
      throw new Error('It did not happen in time.');
    },
    end: async () => {
      await subscriptions.close();
      await opened.close();
    },
  };
}
