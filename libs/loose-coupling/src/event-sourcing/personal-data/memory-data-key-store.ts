import type { DataKeyRecord, DataKeyStore, StoredDataKey, WrappedKey } from './data-key-store.js';

/** Keys that end with the process, as what they encrypt does. */
export class MemoryDataKeyStore implements DataKeyStore {
  private readonly records = new Map<string, DataKeyRecord>();

  get(subject: string): DataKeyRecord | undefined {
    return this.records.get(subject);
  }

  add(subject: string, key: StoredDataKey): DataKeyRecord {
    const record = this.records.get(subject) ?? { key };
    this.records.set(subject, record);
    return record;
  }

  rewrap(subject: string, from: StoredDataKey, to: WrappedKey): boolean {
    const key = this.records.get(subject)?.key;
    if (key?.wrapped !== from.wrapped) return false;
    this.records.set(subject, { key: { id: from.id, ...to } });
    return true;
  }

  forget(subject: string, now: number): void {
    if (this.records.get(subject)?.forgottenAt === undefined) this.records.set(subject, { forgottenAt: now });
  }

  async *subjects(): AsyncGenerator<string> {
    for (const [subject, { key }] of this.records) if (key) yield subject;
  }
}
