import type { SqliteDatabase } from '../../sqlite/index.js';
import type { EventEnvelope } from '../core/event-store.js';

/**
 * A read model in the file of the event store, brought up to date within the transaction of each commit: who reads
 * it sees what was committed, and a projection that throws refuses the commit. Subclasses are providers, listed in
 * `forFeature({ projections })`. Added to a store that has events already, it is first given those.
 */
export abstract class SqliteInlineProjection {
  /** Unique in the store. Under a new name the projection starts again from the first event. */
  abstract readonly name: string;

  /** SQL scripts that make and change its tables, in order. Never change a released one; add another. */
  abstract readonly migrations: readonly string[];

  private connection: SqliteDatabase | undefined;

  /** Events in order, each given once. Must be synchronous and write through `database` only. */
  abstract apply(events: readonly EventEnvelope[], database: SqliteDatabase): void;

  /** For queries. Rows of a commit can be read as soon as it resolves. */
  protected get database(): SqliteDatabase {
    if (this.connection) return this.connection;
    throw new TypeError(
      `The projection "${this.name}" is not attached to a store yet. List its class in forFeature({ projections }), ` +
        'and query it only after the application has started.',
    );
  }

  /** @internal Called by the store before the first event. */
  attach(database: SqliteDatabase): void {
    this.connection = database;
  }
}
