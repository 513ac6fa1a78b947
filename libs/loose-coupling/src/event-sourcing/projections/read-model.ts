import { FaultList } from '../../kernel/index.js';
import type { DocumentStore, ListCursor, ListOptions } from '../subscriptions/document-store.js';

/** A document and its place in the list that was read. */
export interface ListedDocument<Value> {
  readonly key: string;
  readonly value: Value;
  readonly place: number;
}

export interface DocumentPage<Value> {
  readonly documents: readonly ListedDocument<Value>[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: ListCursor;
}

/** Reads what a projection has made; of its builds the one that serves. */
export class ReadModel<Value = unknown> {
  /** Use `Projections.readModel`. */
  constructor(
    private readonly store: DocumentStore,
    private readonly collection: () => Promise<string | undefined>,
  ) {}

  async get(key: string): Promise<Value | undefined> {
    return (await this.getAll([key])).get(key);
  }

  /** By key; those that do not exist are left out. */
  async getAll(keys: readonly string[]): Promise<Map<string, Value>> {
    const collection = await this.collection();
    if (collection === undefined) return new Map();
    const found = await this.store.getAll(collection, keys);
    return new Map(Array.from(found, ([key, { value }]) => [key, value as Value]));
  }

  /** A page of a list, in the order of places. @throws {InvalidOptionsError} */
  async list(list: string, options: ListOptions = {}): Promise<DocumentPage<Value>> {
    check(options);
    const { limit = 100, descending = false, after } = options;
    const collection = await this.collection();
    if (collection === undefined) return { documents: [] };
    const found = await this.store.list(collection, list, { limit, descending, ...(after && { after }) });
    const documents = found.map(({ key, value, lists }) => ({ key, value: value as Value, place: lists[list] ?? 0 }));
    const last = documents.at(-1);
    return { documents, ...(last && found.length >= limit && { next: { place: last.place, key: last.key } }) };
  }
}

/** They may come from a request: a limit that is none would read all of the list. */
function check({ limit, descending, after }: ListOptions): void {
  const faults = new FaultList('ReadModel.list()');
  faults.positiveInteger('limit', limit);
  if (descending !== undefined) faults.oneOf('descending', descending, [true, false]);
  const isCursor = after === undefined || (Number.isSafeInteger(after?.place) && typeof after.key === 'string');
  if (!isCursor) faults.add('after', 'what `next` of the page before says: a whole number and a key', after);
  faults.throwIfAny();
}
