import type { EventEnvelope } from '../core/event-store.js';
import { DocumentBatch } from '../subscriptions/document-batch.js';
import type { DocumentChange, StoredDocument } from '../subscriptions/document-store.js';
import type { ProjectionModel } from './projection-model.js';

/** Documents that can be read and written within a transaction that is under way. */
export interface TransactionalDocuments {
  read(collection: string, keys: readonly string[]): Map<string, StoredDocument>;
  change(changes: readonly DocumentChange[]): void;
}

/** A read model that changes in the transaction of each commit. */
export interface InlineReadModel {
  /** Of its checkpoint. */
  readonly name: string;
  /** Events in order, each given once. What it throws refuses the commit. */
  apply(events: readonly EventEnvelope[], documents: TransactionalDocuments): void;
}

/** A store that takes such read models along. */
export interface InlineHost {
  /** Gives it the events there are, then those of every commit. */
  addReadModel(readModel: InlineReadModel): void;
}

export const isInlineHost = (store: object): store is InlineHost =>
  typeof (store as Partial<InlineHost>).addReadModel === 'function';

const NEVER = new AbortController().signal;

/** Runs the handlers of a projection where nothing can be awaited. */
export function inlineReadModel(
  model: ProjectionModel,
  name: string,
  upcast: (event: EventEnvelope) => readonly EventEnvelope[] | Promise<readonly EventEnvelope[]>,
  /** Another build may have taken its place: what is made then would be nobody's to remove. */
  isWanted: () => boolean,
): InlineReadModel {
  const handle = (event: EventEnvelope, batch: DocumentBatch) => {
    const current = upcast(event);
    if (current instanceof Promise)
      throw new TypeError(`An upcaster of ${event.type} is asynchronous; ${needs(model)}`);
    for (const envelope of current) {
      const result = model.handle(envelope, { attempt: 1, signal: NEVER, documents: batch.editor(0) });
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new TypeError(`The handler of ${event.type} is asynchronous; ${needs(model)}`);
      }
    }
  };
  return {
    name,
    apply: (events, documents) => {
      if (!isWanted()) return;
      for (const event of events) {
        const { lists } = model.declared;
        const batch = new DocumentBatch(
          { getAll: async () => new Map() },
          { collection: name, ...(lists && { lists }) },
        );
        handle(event, batch);
        const keys = batch.keys();
        if (keys.length === 0) continue;
        batch.provide(keys, documents.read(name, keys));
        const { documents: changes, failure } = batch.workOut(1, () => true);
        if (failure) throw failure.error;
        documents.change(changes);
      }
    },
  };
}

const needs = (model: ProjectionModel): string =>
  `the projection "${model.name}" is inline, so nothing in it can be awaited. Use documents.update(), or mode 'async'.`;
