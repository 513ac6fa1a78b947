import type { SqliteDatabase } from '../../sqlite/index.js';
import { migrate } from '../../sqlite/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import type { InlineReadModel, TransactionalDocuments } from '../projections/inline-read-model.js';
import type { SqliteInlineProjection } from './sqlite-inline-projection.js';

const PAGE = 500;

/** Whatever takes events in the transaction of their commit. */
type Applied = Pick<SqliteInlineProjection, 'name' | 'apply'>;

/** Keeps projections at the end of the feed, with a checkpoint written in the same transaction. */
export class InlineProjections {
  private readonly projections: Applied[] = [];
  private readonly added = new Set<object>();
  private readonly readCheckpoint;
  private readonly writeCheckpoint;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly readAfter: (position: number, limit: number) => readonly EventEnvelope[],
    private readonly documents: TransactionalDocuments,
  ) {
    this.readCheckpoint = database.prepare<{ position: number }>(
      'SELECT position FROM lc_inline_projections WHERE name = ?',
    );
    this.writeCheckpoint = database.prepare(
      'INSERT INTO lc_inline_projections VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
    );
  }

  get any(): boolean {
    return this.projections.length > 0;
  }

  /** Makes its tables and applies all events there are, a page per transaction. */
  add(projection: SqliteInlineProjection): void {
    if (this.added.has(projection)) return;
    migrate(this.database, { component: `projection:${projection.name}`, steps: projection.migrations });
    this.begin(projection);
    projection.attach(this.database);
    this.added.add(projection);
  }

  /** Applies all events there are, a page per transaction. */
  addReadModel({ name, apply }: InlineReadModel): void {
    this.begin({ name, apply: (events) => apply(events, this.documents) });
  }

  private begin(projection: Applied): void {
    while (this.database.transaction(() => this.applyPage(projection)));
    this.projections.push(projection);
  }

  /** Part of the transaction that stored `events`; `before` is the position that the feed ended at. */
  apply(events: readonly EventEnvelope[], before: number): void {
    if (events.length === 0) return;
    for (const projection of this.projections) {
      if (this.checkpointOf(projection) !== before) {
        // A process that does not know the projection has committed meanwhile.
        while (this.applyPage(projection));
        continue;
      }
      projection.apply(events, this.database);
      this.writeCheckpoint.run(projection.name, events.at(-1)?.position ?? before);
    }
  }

  private applyPage(projection: Applied): boolean {
    const events = this.readAfter(this.checkpointOf(projection), PAGE);
    const last = events.at(-1);
    if (!last) return false;
    projection.apply(events, this.database);
    this.writeCheckpoint.run(projection.name, last.position);
    return events.length === PAGE;
  }

  private checkpointOf(projection: Applied): number {
    return this.readCheckpoint.get(projection.name)?.position ?? 0;
  }
}
