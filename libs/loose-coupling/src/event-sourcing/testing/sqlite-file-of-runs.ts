import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock, SystemClock, type Timer } from '../../kernel/index.js';
import { openDatabase, type SqliteDatabase } from '../../sqlite/index.js';
import { damagingProtection, isIn } from './damaging-protection.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';

/** Time of the run in progress. */
class ClockOfRun extends Clock {
  current: Clock = new SystemClock();

  override now(): number {
    return this.current.now();
  }

  override monotonic(): number {
    return this.current.monotonic();
  }

  override setTimer(callback: () => void, delayMs: number, options?: { unref?: boolean }): Timer {
    return this.current.setTimer(callback, delayMs, options);
  }
}

interface OpenFile {
  readonly folder: string;
  readonly stores: readonly SqliteEventStore[];
  readonly database: SqliteDatabase;
  runs: number;
}

const MOST_RUNS = 200;

/** Two connections that serve many runs of a test: the driver holds files of closed ones open for a while. */
export class SqliteFileOfRuns {
  private readonly clock = new ClockOfRun();
  /** Events of the run, as `stream@version`, that cannot be read. */
  readonly damaged = new Set<string>();
  private open: OpenFile | undefined;

  /** The two stores, empty. */
  async begin(clock: Clock): Promise<readonly SqliteEventStore[]> {
    if ((this.open?.runs ?? 0) >= MOST_RUNS) await this.close();
    this.clock.current = clock;
    this.damaged.clear();
    this.open ??= this.make();
    this.open.runs += 1;
    const { database, stores } = this.open;
    const tables = database.prepare<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE name LIKE 'lc_%' AND type = 'table'",
    );
    for (const { name } of tables.all()) {
      if (name !== 'lc_migrations' && name !== 'lc_outbox_lease') database.exec(`DELETE FROM ${name}`);
    }
    return stores;
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    open.database.close();
    await Promise.all(open.stores.map((store) => store.close()));
    rmSync(open.folder, { recursive: true });
  }

  private make(): OpenFile {
    const folder = mkdtempSync(join(tmpdir(), 'lc-runs-'));
    const file = join(folder, 'events.db');
    const protection = damagingProtection(isIn(this.damaged));
    const stores = [1, 2].map(() => new SqliteEventStore({ file, clock: this.clock, protection }));
    return { folder, stores, database: openDatabase({ file }), runs: 0 };
  }
}
