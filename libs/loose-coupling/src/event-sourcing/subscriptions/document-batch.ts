import { deepFreeze } from '../core/deep-freeze.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { TooManyChangesError } from '../errors/too-many-changes.error.js';
import type { DocumentChange, DocumentLists, DocumentStore, StoredDocument } from './document-store.js';

/** What a handler changes of its read model. Changes are made together with the checkpoint, once. */
export interface DocumentEditor<Value = unknown> {
  /** In place of whatever is there. */
  put(key: string, value: Value): void;
  /**
   * `edit` is given what is there, frozen, and returns what shall be; undefined removes it. It may run again, so it has
   * no other effect.
   */
  update(key: string, edit: (current: Value | undefined) => Value | undefined): void;
  delete(key: string): void;
  /** As changed by earlier events, and so far by this one. Frozen: put a changed copy back. */
  get(key: string): Promise<Value | undefined>;
}

/** Where the documents of a reader lie. */
export interface DocumentTarget {
  readonly collection: string;
  /** The lists a document stands in. Default: none. */
  readonly lists?: (value: never, key: string) => DocumentLists;
}

type Edit = { readonly key: string; readonly apply: (current: unknown) => unknown };

/** As far as a batch could be worked out. */
export interface BatchResult {
  /** Events whose changes are in `documents`. */
  readonly count: number;
  readonly documents: readonly DocumentChange[];
  /** Why the event after those has none. */
  readonly failure?: { readonly error: unknown };
}

/** Collects what the handlers of consecutive events change, then works it out on documents that are read together. */
export class DocumentBatch {
  private readonly edits: Edit[][] = [];
  private readonly stored = new Map<string, StoredDocument | undefined>();

  constructor(
    private readonly store: Pick<DocumentStore, 'getAll'>,
    private readonly target: DocumentTarget | undefined,
  ) {}

  /** For the event at an index, which was handled by nobody before. */
  editor(index: number): DocumentEditor {
    const edits: Edit[] = (this.edits[index] = []);
    const add = (key: string, apply: Edit['apply']) => {
      this.requireTarget();
      edits.push({ key, apply });
    };
    return {
      put: (key, value) => add(key, () => value),
      update: (key, edit) => add(key, edit),
      delete: (key) => add(key, () => undefined),
      get: (key) => this.current(key),
    };
  }

  discard(index: number): void {
    this.edits.length = index;
  }

  /** How many edits there are for an event. */
  count(index: number): number {
    return this.edits[index]?.length ?? 0;
  }

  /** Takes back those that came after the first `count`. */
  undo(index: number, count: number): void {
    this.edits[index]?.splice(count);
  }

  /** Works out the changes of the first `count` events, or of as many as succeed and fit into one step. */
  async changes(
    count: number,
    fits: (count: number, documents: readonly DocumentChange[]) => boolean,
  ): Promise<BatchResult> {
    await this.load(this.keys());
    return this.workOut(count, fits);
  }

  /** Keys of the documents that are changed. */
  keys(): string[] {
    return this.edits.flatMap((edits) => edits.map(({ key }) => key));
  }

  /** Of all keys; those that are not there are not in `found`. */
  provide(keys: readonly string[], found: ReadonlyMap<string, StoredDocument>): void {
    for (const key of keys) {
      const document = found.get(key);
      // Whoever changed it in place would change nothing: it is compared with what comes back.
      deepFreeze(document?.value);
      this.stored.set(key, document);
    }
  }

  /** As `changes`, when the documents are loaded. */
  workOut(count: number, fits: (count: number, documents: readonly DocumentChange[]) => boolean): BatchResult {
    let changes = new Map<string, DocumentChange>();
    for (let index = 0; index < count; index += 1) {
      let next: Map<string, DocumentChange>;
      try {
        next = this.apply(this.edits[index] ?? [], changes);
        if (!fits(index + 1, [...next.values()])) {
          if (index === 0) throw new TooManyChangesError(next.size);
          return { count: index, documents: [...changes.values()] };
        }
      } catch (error) {
        return { count: index, documents: [...changes.values()], failure: { error } };
      }
      changes = next;
    }
    return { count, documents: [...changes.values()] };
  }

  private apply(edits: readonly Edit[], before: ReadonlyMap<string, DocumentChange>): Map<string, DocumentChange> {
    const changes = new Map(before);
    for (const { key, apply } of edits) {
      const stored = this.stored.get(key);
      const current = changes.has(key) ? changes.get(key)?.value : stored?.value;
      const value = apply(current);
      if (value === current) continue;
      if (value === undefined && !stored) changes.delete(key);
      else changes.set(key, this.change(key, value, stored));
    }
    return changes;
  }

  private change(key: string, edited: unknown, before: StoredDocument | undefined): DocumentChange {
    const { collection, lists } = this.requireTarget();
    const value = edited === undefined ? undefined : frozenCopy(edited, `document "${key}" of ${collection}`);
    return {
      collection,
      key,
      value,
      lists: value === undefined ? {} : placesOf(lists?.(value as never, key), key),
      before: before && { revision: before.revision, lists: before.lists },
    };
  }

  private async current(key: string): Promise<unknown> {
    await this.load([key]);
    return this.edits
      .flat()
      .filter((edit) => edit.key === key)
      .reduce((value: unknown, { apply }) => apply(value), this.stored.get(key)?.value);
  }

  private async load(keys: readonly string[]): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !this.stored.has(key));
    if (missing.length === 0) return;
    this.provide(missing, await this.store.getAll(this.requireTarget().collection, missing));
  }

  private requireTarget(): DocumentTarget {
    if (this.target) return this.target;
    throw new TypeError('This subscription has no documents. Use a class with @Projection for a read model.');
  }
}

/** Undefined places mean: not in that list. */
function placesOf(lists: Readonly<Record<string, number | undefined>> = {}, key: string): DocumentLists {
  const places: Record<string, number> = {};
  for (const [list, place] of Object.entries(lists)) {
    if (place === undefined) continue;
    if (!Number.isSafeInteger(place)) {
      throw new TypeError(
        `The place of document "${key}" in list "${list}" must be a whole number, got ${String(place)}.`,
      );
    }
    places[list] = place;
  }
  return places;
}
