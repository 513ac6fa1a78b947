/** A document of a read model, as it is stored. */
export interface StoredDocument<Value = unknown> {
  readonly key: string;
  readonly value: Value;
  /** Grows with every change. */
  readonly revision: number;
  /** The lists it stands in, and its place in each. */
  readonly lists: DocumentLists;
}

/** Places by the names of lists. Whole numbers; documents of one place stand side by side. */
export type DocumentLists = Readonly<Record<string, number>>;

/** A document's next state. */
export interface DocumentChange {
  readonly collection: string;
  readonly key: string;
  /** Any JSON; undefined removes the document. */
  readonly value: unknown;
  readonly lists: DocumentLists;
  /** As it was read; undefined when there was none. */
  readonly before: Pick<StoredDocument, 'revision' | 'lists'> | undefined;
}

/** Where a page of a list ended. */
export interface ListCursor {
  readonly place: number;
  readonly key: string;
}

export interface ListOptions {
  readonly after?: ListCursor;
  /** Default 100. */
  readonly limit?: number;
  /** Default false: from the smallest place. */
  readonly descending?: boolean;
}

/** Reads read models; they are written by moving a checkpoint. */
export abstract class DocumentStore {
  /** By key; those that do not exist are left out. */
  abstract getAll(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>>;

  /** A page of a list, in the order of places. */
  abstract list(
    collection: string,
    list: string,
    options: Required<Omit<ListOptions, 'after'>> & Pick<ListOptions, 'after'>,
  ): Promise<StoredDocument[]>;

  /** Removes all documents of a collection. May be begun again when it was interrupted. */
  abstract drop(collection: string): Promise<void>;
}

/** The rows to add and to remove so that the document stands in its new lists only. */
export function listChanges({ before, lists, value }: DocumentChange): {
  readonly added: readonly (readonly [list: string, place: number])[];
  readonly removed: readonly (readonly [list: string, place: number])[];
} {
  const old = before?.lists ?? {};
  const next = value === undefined ? {} : lists;
  return {
    added: Object.entries(next).filter(([list, place]) => old[list] !== place),
    removed: Object.entries(old).filter(([list, place]) => next[list] !== place),
  };
}
