import type { DocumentChange, StoredDocument } from '../subscriptions/document-store.js';
import type { MemoryDocumentStore } from './memory-document-store.js';

/** Changes that become visible together, or never. */
export class StagedDocuments {
  private readonly staged: DocumentChange[] = [];
  private readonly current = new Map<string, StoredDocument | undefined>();

  constructor(private readonly store: MemoryDocumentStore) {}

  read(collection: string, keys: readonly string[]): Map<string, StoredDocument> {
    const found = this.store.read(collection, keys);
    for (const key of keys) {
      const id = idOf(collection, key);
      const document = this.current.get(id);
      if (document) found.set(key, document);
      else if (this.current.has(id)) found.delete(key);
    }
    return found;
  }

  change(changes: readonly DocumentChange[]): void {
    for (const { collection, key, value, lists, before } of changes) {
      const revision = (before?.revision ?? 0) + 1;
      this.current.set(idOf(collection, key), value === undefined ? undefined : { key, value, lists, revision });
    }
    this.staged.push(...changes);
  }

  commit(): void {
    for (const change of this.staged) this.store.change([change]);
  }
}

const idOf = (collection: string, key: string): string => JSON.stringify([collection, key]);
