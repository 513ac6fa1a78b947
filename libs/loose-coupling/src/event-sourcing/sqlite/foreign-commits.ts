import type { Clock, Timer } from '../../kernel/index.js';
import type { SqliteDatabase } from '../../sqlite/index.js';
import type { CommitWatch } from '../core/commit-signal.js';

const INTERVAL_MS = 100;

/** Notices commits of other connections to the file, by asking; a question costs microseconds. */
export class ForeignCommits implements CommitWatch {
  private readonly version;
  private last: number | undefined;
  private timer: Timer | undefined;

  constructor(
    database: SqliteDatabase,
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {
    this.version = database.prepare<{ data_version: number }>('PRAGMA data_version');
  }

  start(): void {
    this.last = this.version.get()?.data_version;
    this.schedule();
  }

  stop(): void {
    this.timer?.cancel();
  }

  private schedule(): void {
    this.timer = this.clock.setTimer(() => this.ask(), INTERVAL_MS, { unref: true });
  }

  private ask(): void {
    this.schedule();
    const version = this.version.get()?.data_version;
    if (version === this.last) return;
    this.last = version;
    this.ring();
  }
}
