import { SystemClock, type Clock } from '../../kernel/index.js';
import { BaseEventStore } from '../core/base-event-store.js';
import type { EventEnvelope, StreamAppendResult } from '../core/event-store.js';
import { checkExpectedVersion } from '../core/expected-version.js';
import type { EventProtection } from '../core/event-protection.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import type { CommitOutcome, PreparedAppend, PreparedCommit, PreparedEvent } from '../core/prepared-commit.js';
import { streamPages, type EventPage, type EventPages, type StreamRange } from '../core/stream-pages.js';
import { DuplicateEventError } from '../errors/duplicate-event.error.js';
import { DuplicateMessageError } from '../errors/duplicate-message.error.js';
import type { InlineHost, InlineReadModel } from '../projections/inline-read-model.js';
import { MemoryCheckpointStore } from './memory-checkpoint-store.js';
import { MemoryInbox } from './memory-inbox.js';
import { MemoryOutboxStorage } from './memory-outbox-storage.js';
import { StagedDocuments } from './staged-documents.js';
import { MemoryProcessIndex } from './memory-process-index.js';
import { MemorySnapshotStore } from './memory-snapshot-store.js';

export interface MemoryEventStoreOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Milliseconds that inbox marks are kept. Default 7 days. */
  readonly inboxRetention?: number;
  readonly report?: FaultReporter;
  /** Encrypts personal data. Default: none, and marked data is refused. */
  readonly protection?: EventProtection;
}

/** Keeps events as long as the process lives. What it hands out is frozen, as readers share it. */
export class MemoryEventStore extends BaseEventStore implements InlineHost {
  readonly inbox: MemoryInbox;
  readonly outbox: MemoryOutboxStorage;
  readonly processes = new MemoryProcessIndex();
  readonly checkpoints: MemoryCheckpointStore;
  readonly snapshots = new MemorySnapshotStore();
  private readonly streams = new Map<string, EventEnvelope[]>();
  /** All events; the one at index i has position i + 1. */
  private readonly feed: EventEnvelope[] = [];
  /** Ids of all events; made when the first event comes with an id of its own. */
  private eventIds: Set<string> | undefined;
  private readonly commits = new Map<string, StreamAppendResult[]>();
  private readonly readModels: InlineReadModel[] = [];

  constructor(options: MemoryEventStoreOptions = {}) {
    super(options.clock ?? new SystemClock(), options.report, options.protection);
    this.inbox = new MemoryInbox(this.clock, options.inboxRetention);
    this.outbox = new MemoryOutboxStorage(this.clock, this.committed);
    this.checkpoints = new MemoryCheckpointStore(this.clock, this.committed);
  }

  addReadModel(readModel: InlineReadModel): void {
    readModel.apply(this.openedNow(this.feed), this.checkpoints.documents);
    this.readModels.push(readModel);
  }

  protected override async write(commit: PreparedCommit): Promise<CommitOutcome> {
    const stored = commit.commitId === undefined ? undefined : this.commits.get(commit.commitId);
    if (stored) return { results: stored, repeated: true };
    this.check(commit);
    if (this.readModels.length > 0) this.changeReadModels(commit);
    const results = commit.appends.map((append) => this.append(append, commit.recordedAt));
    for (const message of commit.messages) this.outbox.add(message);
    if (commit.inbox) this.inbox.add(commit.inbox);
    if (commit.process) this.processes.apply(commit.process);
    if (commit.commitId !== undefined) this.commits.set(commit.commitId, results);
    this.committed.ring();
    return { results, repeated: false };
  }

  protected override readStreamPages(range: StreamRange): EventPages {
    return streamPages(range, (page) => this.pageOf(page));
  }

  private pageOf(range: StreamRange): EventPage {
    this.assertOpen();
    const stream = this.streams.get(range.streamName) ?? [];
    const from = Math.max(range.fromVersion, 1) - 1;
    const to = Math.min(range.toVersion, stream.length);
    if (!range.backwards) return stream.slice(from, Math.min(to, from + range.limit));
    return stream.slice(Math.max(from, to - range.limit), Math.max(to, 0)).toReversed();
  }

  protected override readFeedPage(afterPosition: number, limit: number): readonly EventEnvelope[] {
    return this.feed.slice(afterPosition, afterPosition + limit);
  }

  override async lastPosition(): Promise<number> {
    return this.feed.length;
  }

  protected override async release(): Promise<void> {}

  /** Everything that can refuse the commit comes before the first change. */
  private check({ appends, inbox }: PreparedCommit): void {
    if (inbox && this.inbox.includes(inbox)) throw new DuplicateMessageError(inbox);
    for (const { streamName, expectedVersion } of appends) {
      checkExpectedVersion(streamName, expectedVersion, this.streams.get(streamName)?.length ?? 0);
    }
    if (appends.some(({ events }) => events.some(({ ownId }) => ownId))) this.checkIds(appends);
  }

  private checkIds(appends: readonly PreparedAppend[]): void {
    const taken = (this.eventIds ??= new Set(this.feed.map(({ id }) => id)));
    const given = new Set<string>();
    for (const { streamName, events } of appends) {
      for (const { id } of events) {
        if (taken.has(id) || given.has(id)) throw new DuplicateEventError(id, streamName);
        given.add(id);
      }
    }
  }

  private append({ streamName, events }: PreparedAppend, recordedAt: number): StreamAppendResult {
    let stream = this.streams.get(streamName);
    if (events.length === 0) return { nextExpectedVersion: stream?.length ?? 0 };
    if (!stream) this.streams.set(streamName, (stream = []));
    for (const event of events) {
      const place = { streamName, version: stream.length + 1, position: this.feed.length + 1, recordedAt };
      const envelope = toEnvelope(event, place);
      stream.push(envelope);
      this.feed.push(envelope);
      this.eventIds?.add(event.id);
    }
    return { nextExpectedVersion: stream.length, position: this.feed.length };
  }

  /** Of all read models, or of none when one refuses the commit; before anything else changes. */
  private changeReadModels({ appends, recordedAt }: PreparedCommit): void {
    let position = this.feed.length;
    const added = appends.flatMap(({ streamName, events }) => {
      const before = this.streams.get(streamName)?.length ?? 0;
      return events.map((event, index) =>
        toEnvelope(event, { streamName, version: before + index + 1, position: ++position, recordedAt }),
      );
    });
    const documents = new StagedDocuments(this.checkpoints.documents);
    const opened = this.openedNow(added);
    for (const readModel of this.readModels) readModel.apply(opened, documents);
    documents.commit();
  }
}

type Place = Pick<EventEnvelope, 'streamName' | 'version' | 'position' | 'recordedAt'>;

const toEnvelope = (
  { id, type, schemaVersion, data, metadata }: PreparedEvent,
  { streamName, version, position, recordedAt }: Place,
): EventEnvelope =>
  Object.freeze({ id, streamName, version, position, type, schemaVersion, data, metadata, recordedAt });
