import type { SqliteDatabase } from '../../sqlite/index.js';
import { dueAtOf, type OpenProcess, type ProcessChange, type ProcessIndex } from '../core/process-index.js';

const PAGE = 100;

type Row = { readonly entry: string };

/** Open instances in a table beside the events. */
export class SqliteProcessIndex implements ProcessIndex {
  private readonly statements;

  constructor(database: SqliteDatabase) {
    this.statements = {
      put: database.prepare('INSERT OR REPLACE INTO lc_processes (manager, id, due_at, entry) VALUES (?, ?, ?, ?)'),
      remove: database.prepare('DELETE FROM lc_processes WHERE manager = ? AND id = ?'),
      due: database.prepare<Row>(
        'SELECT entry FROM lc_processes WHERE manager = ? AND due_at <= ? ORDER BY due_at LIMIT ?',
      ),
      page: database.prepare<Row & { readonly id: string }>(
        'SELECT id, entry FROM lc_processes WHERE manager = ? AND id > ? ORDER BY id LIMIT ?',
      ),
    };
  }

  /** Part of a transaction. */
  apply(change: ProcessChange): void {
    const { manager, id } = change;
    if ('over' in change) this.statements.remove.run(manager, id);
    else this.statements.put.run(manager, id, dueAtOf(change) ?? null, JSON.stringify(change));
  }

  async due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]> {
    return this.statements.due.all(manager, until, limit).map(decode);
  }

  async *open(manager: string): AsyncGenerator<OpenProcess> {
    for (let after = ''; ;) {
      const page = this.statements.page.all(manager, after, PAGE);
      yield* page.map(decode);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.id;
    }
  }
}

const decode = ({ entry }: Row): OpenProcess => JSON.parse(entry) as OpenProcess;
