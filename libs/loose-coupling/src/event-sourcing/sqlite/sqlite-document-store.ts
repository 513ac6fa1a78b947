import { parseUntrustedJson } from '../../kernel/index.js';
import type { SqliteDatabase } from '../../sqlite/index.js';
import { DocumentConflictError } from '../errors/document-conflict.error.js';
import {
  DocumentStore,
  listChanges,
  type DocumentChange,
  type DocumentLists,
  type ListOptions,
  type StoredDocument,
} from '../subscriptions/document-store.js';
import type { GroupWriter } from './group-writer.js';

type Row = { readonly key: string; readonly value: string; readonly revision: number; readonly lists: string };

/** Rows removed in one transaction, so that it stays short. */
const DROP_AT_ONCE = 1000;

/** Read models in the file of the event store. */
export class SqliteDocumentStore extends DocumentStore {
  private readonly statements;

  constructor(
    database: SqliteDatabase,
    private readonly writer: GroupWriter,
  ) {
    super();
    const listed = (beyond: string, order: string) =>
      database.prepare<Row>(
        'SELECT d.key, d.value, d.revision, d.lists FROM lc_document_lists l ' +
          'JOIN lc_documents d ON d.collection = l.collection AND d.key = l.key ' +
          `WHERE l.collection = ? AND l.list = ? AND (l.place, l.key) ${beyond} (?, ?) ` +
          `ORDER BY l.place ${order}, l.key ${order} LIMIT ?`,
      );
    this.statements = {
      find: database.prepare<Row>(
        'SELECT key, value, revision, lists FROM lc_documents WHERE collection = ? AND key = ?',
      ),
      insert: database.prepare(
        'INSERT INTO lc_documents (collection, key, value, lists, revision) VALUES (?, ?, ?, ?, ?)',
      ),
      update: database.prepare(
        'UPDATE lc_documents SET value = ?, lists = ?, revision = ? WHERE collection = ? AND key = ?',
      ),
      remove: database.prepare('DELETE FROM lc_documents WHERE collection = ? AND key = ?'),
      addToList: database.prepare(
        'INSERT OR REPLACE INTO lc_document_lists (collection, list, place, key) VALUES (?, ?, ?, ?)',
      ),
      removeFromList: database.prepare(
        'DELETE FROM lc_document_lists WHERE collection = ? AND list = ? AND place = ? AND key = ?',
      ),
      ascending: listed('>', 'ASC'),
      descending: listed('<', 'DESC'),
      dropDocuments: database.prepare(
        'DELETE FROM lc_documents WHERE collection = ?1 AND key IN (SELECT key FROM lc_documents WHERE collection = ?1 LIMIT ?2)',
      ),
      dropLists: database.prepare(
        'DELETE FROM lc_document_lists WHERE collection = ?1 AND (list, place, key) IN ' +
          '(SELECT list, place, key FROM lc_document_lists WHERE collection = ?1 LIMIT ?2)',
      ),
    };
  }

  override async getAll(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>> {
    return this.read(collection, keys);
  }

  override async list(
    collection: string,
    list: string,
    { after, limit, descending }: ListOptions & { readonly limit: number; readonly descending: boolean },
  ): Promise<StoredDocument[]> {
    const statement = descending ? this.statements.descending : this.statements.ascending;
    const beyond = descending ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
    return statement.all(collection, list, after?.place ?? beyond, after?.key ?? '', limit).map(toDocument);
  }

  override async drop(collection: string): Promise<void> {
    for (const statement of [this.statements.dropLists, this.statements.dropDocuments]) {
      while ((await this.writer.run(() => statement.run(collection, DROP_AT_ONCE))).changes > 0);
    }
  }

  read(collection: string, keys: readonly string[]): Map<string, StoredDocument> {
    return new Map(
      keys.flatMap((key) => {
        const row = this.statements.find.get(collection, key);
        return row ? [[key, toDocument(row)] as const] : [];
      }),
    );
  }

  /** Part of a transaction. */
  change(changes: readonly DocumentChange[]): void {
    for (const change of changes) this.changeOne(change);
  }

  private changeOne(change: DocumentChange): void {
    const { collection, key, value, before } = change;
    const current = this.statements.find.get(collection, key);
    if (current?.revision !== before?.revision) throw new DocumentConflictError(collection, key);
    const { added, removed } = listChanges(change);
    for (const [list, place] of removed) this.statements.removeFromList.run(collection, list, place, key);
    for (const [list, place] of added) this.statements.addToList.run(collection, list, place, key);
    if (value === undefined) {
      this.statements.remove.run(collection, key);
      return;
    }
    const [json, lists] = [JSON.stringify(value), JSON.stringify(change.lists)];
    if (current) this.statements.update.run(json, lists, current.revision + 1, collection, key);
    else this.statements.insert.run(collection, key, json, lists, 1);
  }
}

const toDocument = ({ key, value, revision, lists }: Row): StoredDocument => ({
  key,
  value: parseUntrustedJson(value),
  revision,
  lists: JSON.parse(lists) as DocumentLists,
});
