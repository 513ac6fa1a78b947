import { SystemClock, type Clock } from '../../kernel/index.js';
import { openDatabase, type SqliteDatabase } from '../../sqlite/index.js';
import { BaseEventStore } from '../core/base-event-store.js';
import { streamPages, type EventPages, type StreamRange } from '../core/stream-pages.js';
import type { EventEnvelope, StreamAppendResult } from '../core/event-store.js';
import { checkExpectedVersion } from '../core/expected-version.js';
import type { EventProtection } from '../core/event-protection.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import type { CommitOutcome, PreparedAppend, PreparedCommit } from '../core/prepared-commit.js';
import { DuplicateMessageError } from '../errors/duplicate-message.error.js';
import type { InlineHost, InlineReadModel } from '../projections/inline-read-model.js';
import { EventTable } from './event-table.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { ForeignCommits } from './foreign-commits.js';
import { GroupWriter } from './group-writer.js';
import { InlineProjections } from './inline-projections.js';
import { SqliteCheckpointStore } from './sqlite-checkpoint-store.js';
import { SqliteInbox } from './sqlite-inbox.js';
import type { SqliteInlineProjection } from './sqlite-inline-projection.js';
import { SqliteSnapshotStore } from './sqlite-snapshot-store.js';
import { SqliteOutboxStorage } from './sqlite-outbox-storage.js';
import { SqliteProcessIndex } from './sqlite-process-index.js';

export interface SqliteEventStoreOptions {
  /** Path of the file, or `:memory:`. */
  readonly file: string;
  /** `full` also survives a power cut, at the price of a disk flush per commit. Default `normal`. */
  readonly synchronous?: 'normal' | 'full';
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Milliseconds that inbox marks are kept. Default 7 days. */
  readonly inboxRetention?: number;
  readonly report?: FaultReporter;
  /** Encrypts personal data. Default: none, and marked data is refused. */
  readonly protection?: EventProtection;
}

/** At the start there is no other work that waiting for another process would hold up. */
const START_BUSY_TIMEOUT_MS = 5000;
/** Later it blocks the event loop, so the connection waits shortly and the writer waits again. */
const BUSY_TIMEOUT_MS = 50;

/** Events in one SQLite file, which several processes of one machine may share. */
export class SqliteEventStore extends BaseEventStore implements InlineHost {
  readonly inbox: SqliteInbox;
  readonly outbox: SqliteOutboxStorage;
  readonly processes: SqliteProcessIndex;
  readonly checkpoints: SqliteCheckpointStore;
  readonly snapshots: SqliteSnapshotStore;
  private readonly database: SqliteDatabase;
  private readonly writer: GroupWriter;
  private readonly events: EventTable;
  private readonly projections: InlineProjections;
  private readonly foreignCommits: ForeignCommits;
  private readonly findCommit;
  private readonly insertCommit;

  /**
   * @throws {DatabaseOpenError} when the file cannot be opened
   * @throws {MissingPackageError} when `libsql` is not installed
   */
  constructor(options: SqliteEventStoreOptions) {
    const { file, synchronous, clock = new SystemClock(), inboxRetention, report, protection } = options;
    super(clock, report, protection);
    this.database = openDatabase({
      file,
      ...(synchronous && { synchronous }),
      busyTimeout: START_BUSY_TIMEOUT_MS,
      migrations: EVENT_STORE_MIGRATIONS,
    });
    this.database.setBusyTimeout(BUSY_TIMEOUT_MS);
    this.writer = new GroupWriter(this.database, clock);
    this.events = new EventTable(this.database);
    this.inbox = new SqliteInbox(this.database, this.writer, clock, inboxRetention);
    this.outbox = new SqliteOutboxStorage(this.database, this.writer, clock, this.committed);
    this.processes = new SqliteProcessIndex(this.database);
    this.checkpoints = new SqliteCheckpointStore(this.database, this.writer, clock, this.committed);
    this.snapshots = new SqliteSnapshotStore(this.database, this.writer);
    this.projections = new InlineProjections(
      this.database,
      (position, limit) => this.openedNow(this.events.after(position, limit)),
      this.checkpoints.documents,
    );
    this.findCommit = this.database.prepare<{ result: string }>('SELECT result FROM lc_commits WHERE commit_id = ?');
    this.insertCommit = this.database.prepare('INSERT INTO lc_commits VALUES (?, ?)');
    this.foreignCommits = new ForeignCommits(this.database, clock, () => this.committed.ring());
    if (file !== ':memory:') this.committed.watchWith(this.foreignCommits);
  }

  /** Adds a read model to the transaction of every commit, after it was given the events there are. */
  addProjection(projection: SqliteInlineProjection): void {
    this.waitingForOthers(() => this.projections.add(projection));
  }

  /** As `addProjection`, for a class with `@Projection({ mode: 'inline' })`. */
  addReadModel(readModel: InlineReadModel): void {
    this.waitingForOthers(() => this.projections.addReadModel(readModel));
  }

  private waitingForOthers(work: () => void): void {
    this.database.setBusyTimeout(START_BUSY_TIMEOUT_MS);
    try {
      work();
    } finally {
      this.database.setBusyTimeout(BUSY_TIMEOUT_MS);
    }
  }

  protected override async write(commit: PreparedCommit): Promise<CommitOutcome> {
    const outcome = await this.writer.run(() => this.writeInTransaction(commit));
    this.committed.ring();
    return outcome;
  }

  protected override readStreamPages(range: StreamRange): EventPages {
    return streamPages(range, (page) => {
      this.assertOpen();
      return this.events.ofStream(page);
    });
  }

  protected override readFeedPage(afterPosition: number, limit: number): EventEnvelope[] {
    return this.events.after(afterPosition, limit);
  }

  override async lastPosition(): Promise<number> {
    return this.events.lastPosition();
  }

  protected override async release(): Promise<void> {
    this.foreignCommits.stop();
    await this.writer.close();
    this.database.close();
  }

  private writeInTransaction(commit: PreparedCommit): CommitOutcome {
    const stored = commit.commitId === undefined ? undefined : this.findCommit.get(commit.commitId);
    if (stored) return { results: JSON.parse(stored.result) as StreamAppendResult[], repeated: true };
    if (commit.inbox) {
      if (this.inbox.includes(commit.inbox)) throw new DuplicateMessageError(commit.inbox);
      this.inbox.add(commit.inbox);
    }
    const before = this.projections.any ? this.events.lastPosition() : 0;
    const results = commit.appends.map((append) => this.append(append, commit.recordedAt));
    for (const message of commit.messages) this.outbox.add(message);
    if (commit.process) this.processes.apply(commit.process);
    if (commit.commitId !== undefined) this.insertCommit.run(commit.commitId, JSON.stringify(results));
    if (this.projections.any) this.projections.apply(this.openedNow(envelopesOf(commit, results)), before);
    return { results, repeated: false };
  }

  private append(append: PreparedAppend, recordedAt: number): StreamAppendResult {
    const { streamName, expectedVersion, events } = append;
    const actual = this.events.versionOf(streamName);
    checkExpectedVersion(streamName, expectedVersion, actual);
    if (events.length === 0) return { nextExpectedVersion: actual };
    let position = 0;
    events.forEach((event, index) => {
      position = this.events.insert(streamName, actual + index + 1, event, recordedAt);
    });
    return { nextExpectedVersion: actual + events.length, position };
  }
}

/** What was just stored, without reading it back: events of one commit have consecutive positions. */
function envelopesOf(commit: PreparedCommit, results: readonly StreamAppendResult[]): EventEnvelope[] {
  return commit.appends.flatMap(({ streamName, events }, at) => {
    const { nextExpectedVersion = 0, position = 0 } = results[at] ?? {};
    return events.map(({ id, type, schemaVersion, data, metadata }, index) => ({
      id,
      type,
      schemaVersion,
      data,
      metadata,
      streamName,
      version: nextExpectedVersion - events.length + index + 1,
      position: position - events.length + index + 1,
      recordedAt: commit.recordedAt,
    }));
  });
}
