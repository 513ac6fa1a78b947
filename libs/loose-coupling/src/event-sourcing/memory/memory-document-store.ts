import { DocumentConflictError } from '../errors/document-conflict.error.js';
import {
  DocumentStore,
  type DocumentChange,
  type ListCursor,
  type ListOptions,
  type StoredDocument,
} from '../subscriptions/document-store.js';

/** Read models that last as long as the process. */
export class MemoryDocumentStore extends DocumentStore {
  private readonly collections = new Map<string, Map<string, StoredDocument>>();

  override async getAll(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>> {
    return this.read(collection, keys);
  }

  override async list(
    collection: string,
    list: string,
    { after, limit, descending }: ListOptions & { readonly limit: number; readonly descending: boolean },
  ): Promise<StoredDocument[]> {
    const direction = descending ? -1 : 1;
    const order = (one: ListCursor, other: ListCursor) =>
      direction * (one.place - other.place || (one.key < other.key ? -1 : Number(one.key > other.key)));
    return Array.from(this.collections.get(collection)?.values() ?? [])
      .flatMap((document) => {
        const place = document.lists[list];
        return place === undefined ? [] : [{ place, key: document.key, document }];
      })
      .filter((entry) => after === undefined || order(entry, after) > 0)
      .toSorted(order)
      .slice(0, limit)
      .map(({ document }) => document);
  }

  override async drop(collection: string): Promise<void> {
    this.collections.delete(collection);
  }

  read(collection: string, keys: readonly string[]): Map<string, StoredDocument> {
    const documents = this.collections.get(collection);
    return new Map(
      keys.flatMap((key) => {
        const document = documents?.get(key);
        return document ? [[key, document] as const] : [];
      }),
    );
  }

  /** All of them, or none. */
  change(changes: readonly DocumentChange[]): void {
    for (const { collection, key, before } of changes) {
      const current = this.collections.get(collection)?.get(key);
      if (current?.revision !== before?.revision) throw new DocumentConflictError(collection, key);
    }
    for (const { collection, key, value, lists, before } of changes) {
      const documents = this.collections.get(collection) ?? new Map<string, StoredDocument>();
      this.collections.set(collection, documents);
      if (value === undefined) documents.delete(key);
      else documents.set(key, { key, value, lists, revision: (before?.revision ?? 0) + 1 });
    }
  }
}
