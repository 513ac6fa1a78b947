import {
  DocumentStore,
  listChanges,
  type DocumentChange,
  type ListOptions,
  type StoredDocument,
} from '../../event-sourcing/runtime.js';
import { number, text, textOf } from './attributes.js';
import {
  decodeDocument,
  DOCUMENT_SHARDS,
  documentKey,
  documentShard,
  encodeDocument,
  listKey,
  placeInList,
} from './document-item.js';
import type { Item, TransactAction } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { keyText, toKey } from './keys.js';

/** Removed at a time. */
const DROP_AT_ONCE = 25;

/** Read models in the table of the events: an item per document, and one per place in a list. */
export class DynamoDbDocumentStore extends DocumentStore {
  constructor(
    private readonly items: EventItems,
    private readonly ready: () => Promise<void>,
  ) {
    super();
  }

  override async getAll(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>> {
    await this.ready();
    const wanted = [...new Set(keys)].map((key) => [key, documentKey(collection, key)] as const);
    const found = await this.items.getAll(wanted.map(([, key]) => key));
    return new Map(
      wanted.flatMap(([key, itemKey]) => {
        const item = found.get(keyText(itemKey));
        return item ? [[key, decodeDocument(item, key)] as const] : [];
      }),
    );
  }

  override async list(
    collection: string,
    list: string,
    { after, limit, descending }: ListOptions & { readonly limit: number; readonly descending: boolean },
  ): Promise<StoredDocument[]> {
    await this.ready();
    const start = after && { N: placeInList(after.place, after.key) };
    const documents: StoredDocument[] = [];
    let keys: string[] = [];
    const take = async () => {
      const found = await this.getAll(collection, keys);
      for (const key of keys) {
        const document = found.get(key);
        // One that is gone, or stands elsewhere, was changed between the two reads.
        if (document?.lists[list] !== undefined) documents.push(document);
      }
      keys = [];
    };
    for await (const item of this.walk(listKey(collection, list), { descending, ...(start && { start }) })) {
      keys.push(textOf(item, 'k') ?? '');
      if (documents.length + keys.length >= limit) await take();
      if (documents.length >= limit) break;
    }
    await take();
    return documents;
  }

  override async drop(collection: string): Promise<void> {
    await this.ready();
    for (let shard = 0; shard < DOCUMENT_SHARDS; shard += 1) {
      const keys: Item[] = [];
      for await (const item of this.walk(documentShard(collection, shard), { descending: false })) {
        const { pk, sk } = item;
        if (!pk || !sk) continue;
        // First from its lists, which nobody would find otherwise when this is interrupted.
        const { lists } = decodeDocument(item, textOf(item, 'k') ?? '');
        for (const [list, place] of Object.entries(lists)) {
          keys.push({ pk: text(listKey(collection, list)), sk: { N: placeInList(place, textOf(item, 'k') ?? '') } });
        }
        keys.push({ pk, sk });
      }
      for (let at = 0; at < keys.length; at += DROP_AT_ONCE) await this.remove(keys.slice(at, at + DROP_AT_ONCE));
    }
  }

  /** What a change does, as parts of a transaction; the first one carries the condition. */
  actions(change: DocumentChange): TransactAction[] {
    const TableName = this.items.table;
    const { collection, key, value, before } = change;
    const guard = before
      ? { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': number(before.revision) } }
      : { ConditionExpression: 'attribute_not_exists(pk)' };
    const { added, removed } = listChanges(change);
    const entry = (list: string, place: number): Item => ({
      pk: text(listKey(collection, list)),
      sk: { N: placeInList(place, key) },
    });
    const document: TransactAction =
      value === undefined
        ? { Delete: { TableName, Key: toKey(documentKey(collection, key)), ...guard } }
        : { Put: { TableName, Item: encodeDocument(change), ...guard } };
    return [
      document,
      ...removed.map(([list, place]) => ({ Delete: { TableName, Key: entry(list, place) } })),
      ...added.map(([list, place]) => ({ Put: { TableName, Item: { ...entry(list, place), k: text(key) } } })),
    ];
  }

  private async *walk(
    pk: string,
    { descending, start }: { readonly descending: boolean; readonly start?: Item[string] },
  ): AsyncGenerator<Item> {
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.items.api.query({
        TableName: this.items.table,
        KeyConditionExpression: start ? `pk = :pk AND sk ${descending ? '<' : '>'} :start` : 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(pk), ...(start && { ':start': start }) },
        ConsistentRead: true,
        ScanIndexForward: !descending,
        ...(from && { ExclusiveStartKey: from }),
      });
      yield* Items;
      from = LastEvaluatedKey;
    } while (from);
  }

  private async remove(keys: readonly Item[]): Promise<void> {
    const { api, table } = this.items;
    await api.transactWriteItems({
      TransactItems: keys.map((Key) => ({ Delete: { TableName: table, Key } })),
    });
  }
}
