import { ClosedError, type Clock } from '../../kernel/index.js';
import { checkBound, checkPosition } from './check-range.js';
import { CommitSignal } from './commit-signal.js';
import {
  EventStore,
  type AggregatedStream,
  type AggregateStreamOptions,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type InboxMark,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from './event-store.js';
import { ignoreFaults, type FaultReporter } from './fault-reporter.js';
import { FeedSubscription, type EventHandler } from './feed-subscription.js';
import type { EventProtection } from './event-protection.js';
import { currentHandlerRun, type HandlerRun } from './handler-run.js';
import { PagedEvents } from './paged-events.js';
import { readableBeginning, readablePages, readNow } from './readable-pages.js';
import { refuseUnprotected } from './refuse-unprotected.js';
import { isStorableText } from './storable-text.js';
import { StoredForm } from './stored-form.js';
import type { EventPage, EventPages, StreamRange } from './stream-pages.js';
import { prepareCommit, type CommitOutcome, type PreparedCommit } from './prepared-commit.js';

const PAGE = 1000;

/** What all stores do alike: checking commits, tying them to the handler in progress, paging and subscribing. */
export abstract class BaseEventStore extends EventStore {
  /** Rings after every commit that others may see. */
  readonly committed = new CommitSignal();
  private readonly subscriptions = new Set<FeedSubscription>();
  private closed = false;

  protected constructor(
    protected readonly clock: Clock,
    private readonly report: FaultReporter = ignoreFaults,
    protected readonly protection?: EventProtection,
  ) {
    super();
  }

  /** Writes a checked commit, or nothing. */
  protected abstract write(commit: PreparedCommit): Promise<CommitOutcome>;
  /** The events of a range, in pages of the store's own size; throws `ClosedError` once it is closed. */
  protected abstract readStreamPages(range: StreamRange): EventPages;
  /** Events after a position, in order. */
  protected abstract readFeedPage(afterPosition: number, limit: number): EventPage | Promise<EventPage>;
  protected abstract release(): Promise<void>;

  override commit(commit: Commit): Promise<StreamAppendResult[]> {
    return this.commitWith(this.protection, commit);
  }

  override readStream(streamName: string, options: ReadStreamOptions = {}): AsyncIterableIterator<EventEnvelope> {
    return new PagedEvents(() => readablePages(this.protection, this.pagesOf(streamName, options)));
  }

  override async aggregateStream<State>(
    streamName: string,
    { initialState, evolve, ...range }: AggregateStreamOptions<State>,
  ): Promise<AggregatedStream<State>> {
    let state = initialState();
    let version = 0;
    for await (const page of readablePages(this.protection, this.pagesOf(streamName, range))) {
      for (const event of page) state = evolve(state, event);
      version = page.at(-1)?.version ?? version;
    }
    return { state, version };
  }

  override readAll(options: ReadAllOptions = {}): AsyncIterableIterator<EventEnvelope> {
    return new PagedEvents(() => readablePages(this.protection, this.feedPages(options), options.onUnreadable));
  }

  override subscribeToAll(handler: EventHandler, options: SubscribeToAllOptions = {}): EventSubscription {
    return this.subscribeWith(this.protection, handler, options);
  }

  /**
   * The store as it is kept: personal data is read and appended encrypted, as it was stored. For copies; handlers and
   * projections have no use for it.
   */
  asStored(): EventStore {
    if (!this.protection) return this;
    return new StoredForm(this, {
      commit: (commit) => this.commitWith(undefined, commit),
      readStream: (streamName, options) =>
        new PagedEvents(() => readablePages(undefined, this.pagesOf(streamName, options))),
      readAll: (options) =>
        new PagedEvents(() => readablePages(undefined, this.feedPages(options), options.onUnreadable)),
      subscribeToAll: (handler, options) => this.subscribeWith(undefined, handler, options),
    });
  }

  private async commitWith(protection: EventProtection | undefined, commit: Commit): Promise<StreamAppendResult[]> {
    if (!this.protection) refuseUnprotected(commit);
    this.assertOpen();
    const run = runOf(commit);
    const prepared = prepareCommit(commit, run?.mark ?? commit.inbox ?? undefined, this.clock.now());
    const write = protection
      ? async () => this.write(await protection.seal(prepared, commit))
      : () => this.write(prepared);
    const { results } = await (run ? run.write(prepared.commitId, write) : write());
    return results;
  }

  private subscribeWith(
    protection: EventProtection | undefined,
    handler: EventHandler,
    options: SubscribeToAllOptions,
  ): EventSubscription {
    this.assertOpen();
    checkPosition(options.afterPosition ?? 0);
    const feed = {
      clock: this.clock,
      committed: this.committed,
      report: this.report,
      readAfter: async (position: number, limit: number) =>
        readableBeginning(protection, await this.readFeedPage(position, limit), options.onUnreadable),
    };
    const subscription = new FeedSubscription(feed, handler, options.afterPosition ?? 0, options.signal);
    this.subscriptions.add(subscription);
    void subscription.finished.then(() => this.subscriptions.delete(subscription));
    return subscription;
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all(Array.from(this.subscriptions, (subscription) => subscription.close()));
    await this.release();
  }

  private pagesOf(streamName: string, options: ReadStreamOptions): EventPages {
    const { fromVersion = 1, toVersion = Infinity, limit = Infinity, direction } = options;
    checkBound(fromVersion, 'fromVersion', 0);
    checkBound(toVersion, 'toVersion', 0);
    checkBound(limit, 'limit', 0);
    // No commit can have given it events.
    if (!isStorableText(streamName)) return [];
    const backwards = direction === 'backwards';
    const range = { streamName, fromVersion: finite(fromVersion), toVersion: finite(toVersion), limit, backwards };
    return this.readStreamPages(range);
  }

  private async *feedPages({ afterPosition = 0, limit = Infinity }: ReadAllOptions): AsyncGenerator<EventPage> {
    checkPosition(afterPosition);
    checkBound(limit, 'limit', 0);
    let after = afterPosition;
    for (let left = limit; left > 0; left -= PAGE) {
      this.assertOpen();
      const size = Math.min(PAGE, left);
      const page = await this.readFeedPage(after, size);
      yield page;
      if (page.length < size) return;
      after = page.at(-1)?.position ?? after;
    }
  }

  /** For read models that change within a transaction, which waits for nothing. */
  protected openedNow(events: readonly EventEnvelope[]): readonly EventEnvelope[] {
    return readNow(this.protection, events);
  }

  protected assertOpen(): void {
    if (this.closed) throw new ClosedError('The event store');
  }
}

const finite = (version: number): number => Math.min(version, Number.MAX_SAFE_INTEGER);

/** The handler run a commit belongs to: the one in progress, unless the commit names another mark, or `null`. */
function runOf(commit: Commit): HandlerRun | undefined {
  const run = currentHandlerRun();
  return commit.inbox === undefined || isSameMark(commit.inbox, run?.mark) ? run : undefined;
}

const isSameMark = (mark: InboxMark | null, other: InboxMark | undefined): boolean =>
  mark !== null && mark.consumer === other?.consumer && mark.messageId === other.messageId;
