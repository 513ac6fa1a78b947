import {
  BaseEventStore,
  relayIdentity,
  type CheckpointStore,
  type Commit,
  type CommitOutcome,
  type EventEnvelope,
  type EventPage,
  type Inbox,
  type OutboxStorage,
  type ProcessIndex,
  type PreparedCommit,
  type SnapshotStore,
  type StreamAppendResult,
  type StreamRange,
} from '../../event-sourcing/runtime.js';
import { SystemClock } from '../../kernel/index.js';
import { AwsClients } from '../clients/aws-clients.js';
import { CommitSender } from './commit-sender.js';
import { CommitStarts } from './commit-starts.js';
import { CommitWriter } from './commit-writer.js';
import type { DynamoDbEventStoreOptions } from './dynamodb-event-store.options.js';
import { DynamoDbCheckpointStore } from './dynamodb-checkpoint-store.js';
import { DynamoDbInbox } from './dynamodb-inbox.js';
import { DynamoDbOutboxStorage } from './dynamodb-outbox-storage.js';
import { DynamoDbProcessIndex } from './dynamodb-process-index.js';
import { DynamoDbSnapshotStore } from './dynamodb-snapshot-store.js';
import type { DynamoDbApi } from './dynamodb-api.js';
import { EventItems } from './event-items.js';
import { EventTable } from './event-table.js';
import { FeedDriver } from './feed-driver.js';
import { FeedPages } from './feed-pages.js';
import { FeedReader } from './feed-reader.js';
import { OutboxState } from './outbox-state.js';
import { ParkedMessages } from './parked-messages.js';
import { PendingCommits } from './pending-commits.js';
import { SequencerLease } from './sequencer-lease.js';
import { Sequencer } from './sequencer.js';
import { StreamReader } from './stream-reader.js';
import { StreamTails } from './stream-tails.js';

/**
 * Events in one DynamoDB table, shared by processes everywhere: one item per commit, written conditionally once.
 * Positions are given shortly after a commit, so `appendToStream` resolves without one, and events of a stream that are
 * not in the feed yet have position 0.
 */
export class DynamoDbEventStore extends BaseEventStore {
  readonly inbox: Inbox;
  readonly outbox: OutboxStorage;
  readonly processes: ProcessIndex;
  readonly checkpoints: CheckpointStore;
  readonly snapshots: SnapshotStore;
  private readonly clients: AwsClients | undefined;
  private readonly table: EventTable;
  private readonly provision: 'create' | 'validate' | 'none';
  private readonly writer: CommitWriter;
  private readonly streams: StreamReader;
  private readonly feed: FeedReader;
  private readonly driver: FeedDriver;
  private readonly pages: FeedPages;
  private prepared: Promise<void> | undefined;
  private isPrepared: boolean;

  /** @throws {MissingPackageError} when `@aws-sdk/client-dynamodb` is not installed */
  constructor(options: DynamoDbEventStoreOptions) {
    const {
      table,
      provision = 'none',
      aws,
      clock = new SystemClock(),
      inboxRetention,
      report = () => undefined,
    } = options;
    super(clock, report, options.protection);
    this.clients = options.api ? undefined : new AwsClients(aws);
    const api = (options.api as DynamoDbApi | undefined) ?? (this.clients as AwsClients).dynamoDb();
    this.provision = provision;
    this.isPrepared = provision === 'none';
    this.table = new EventTable(api, table, clock);
    const items = new EventItems(api, table, clock);
    const tails = new StreamTails();
    const pages = new FeedPages(items);
    const ready = () => this.ready();
    const inbox = new DynamoDbInbox(items, clock, inboxRetention, ready);
    this.inbox = inbox;
    this.processes = new DynamoDbProcessIndex(items, ready);
    const starts = new CommitStarts();
    this.snapshots = new DynamoDbSnapshotStore(items, starts, ready);
    this.streams = new StreamReader(items, tails, starts);
    this.feed = new FeedReader(items, pages);
    this.driver = new FeedDriver({
      sequencer: new Sequencer(items, pages, new PendingCommits(items)),
      lease: new SequencerLease(items, clock, relayIdentity()),
      pages,
      clock,
      committed: this.committed,
      report,
    });
    this.writer = new CommitWriter({
      items,
      tails,
      clock,
      sender: new CommitSender(items, clock),
      inbox,
      stored: (pieces) => this.driver.offer(pieces),
    });
    this.outbox = new DynamoDbOutboxStorage({
      state: new OutboxState(items),
      parked: new ParkedMessages(items),
      pages,
      feed: this.feed,
      clock,
      committed: this.committed,
      catchUp: () => this.driver.catchUp(),
      ready,
    });
    this.checkpoints = new DynamoDbCheckpointStore(items, clock, () => this.committed.ring(), ready);
    this.pages = pages;
    this.committed.watchWith(this.driver);
  }

  /**
   * See `EventStore.commit`.
   * @throws {CommitTooLargeError} @throws {UnknownCommitOutcomeError}
   */
  override commit(commit: Commit): Promise<StreamAppendResult[]> {
    return super.commit(commit);
  }

  /** Resolves when the table can be used; every use awaits it. */
  ready(): Promise<void> {
    if (this.provision === 'none') return Promise.resolve();
    if (!this.prepared) {
      const preparing = this.provision === 'create' ? this.table.create() : this.table.validate();
      this.prepared = preparing;
      preparing.then(
        () => (this.isPrepared = true),
        () => (this.prepared = undefined),
      );
    }
    return this.prepared;
  }

  protected override write(commit: PreparedCommit): Promise<CommitOutcome> {
    // Each promise costs as much as the encoding of an event.
    return this.isPrepared ? this.writer.write(commit) : this.ready().then(() => this.writer.write(commit));
  }

  protected override async *readStreamPages(range: StreamRange): AsyncGenerator<EventPage> {
    this.assertOpen();
    await this.ready();
    for await (const page of this.streams.pages(range)) {
      this.assertOpen();
      yield page;
    }
  }

  protected override async readFeedPage(afterPosition: number, limit: number): Promise<readonly EventEnvelope[]> {
    await this.ready();
    const page = await this.feed.events(afterPosition, limit);
    if (page.length >= limit) return page;
    // The end of what is in the feed, not of what is stored.
    await this.driver.catchUp();
    return this.feed.events(afterPosition, limit);
  }

  override async lastPosition(): Promise<number> {
    this.assertOpen();
    await this.ready();
    await this.driver.catchUp();
    return (await this.pages.last())?.to ?? 0;
  }

  protected override async release(): Promise<void> {
    await this.driver.close();
    this.clients?.close();
  }
}
