import { isLooseCouplingError, withCorrelation, currentCorrelation, uuidv7 } from '../../kernel/index.js';
import {
  EventStore,
  type AggregatedStream,
  type AggregateStreamOptions,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type InboxMark,
  type OutgoingMessage,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from '../core/event-store.js';
import { currentHandlerRun } from '../core/handler-run.js';
import { asStored } from '../core/stored-form.js';
import { WrongExpectedVersionError } from '../errors/wrong-expected-version.error.js';
import { checkTenantOfEvents } from './check-tenant-of-events.js';
import { placeOf, storedName } from './stored-names.js';
import { markOfTenant } from './tenanted-inbox.js';
import { UnreadableOfTenant } from './unreadable-of-tenant.js';

/** What one tenant sees of a store that it shares with others: its own streams, under their own names. */
export class TenantView extends EventStore {
  constructor(
    private readonly inner: EventStore,
    readonly tenant: string,
  ) {
    super();
  }

  override async commit(commit: Commit): Promise<StreamAppendResult[]> {
    checkTenantOfEvents(commit, this.tenant);
    const { appends, messages, commitId, process, inbox } = commit;
    const stored: Commit = {
      ...commit,
      appends: appends.map((append) => ({ ...append, streamName: this.stored(append.streamName) })),
      // Another tenant may have used the same one.
      ...(commitId !== undefined && { commitId: this.stored(commitId) }),
      ...(messages && { messages: messages.map((message) => this.ofTenant(message)) }),
      ...(inbox && { inbox: this.markOf(inbox) }),
      ...(process && { process: { ...process, id: this.stored(process.id) } }),
    };
    try {
      return await this.asTenant(() => this.inner.commit(stored));
    } catch (error) {
      throw this.local(error);
    }
  }

  override async *readStream(streamName: string, options?: ReadStreamOptions): AsyncGenerator<EventEnvelope> {
    for await (const event of this.inner.readStream(this.stored(streamName), options)) yield { ...event, streamName };
  }

  override aggregateStream<State>(
    streamName: string,
    { evolve, ...options }: AggregateStreamOptions<State>,
  ): Promise<AggregatedStream<State>> {
    return this.inner.aggregateStream(this.stored(streamName), {
      ...options,
      evolve: (state, event) => evolve(state, { ...event, streamName }),
    });
  }

  override async *readAll({ limit = Infinity, onUnreadable, ...options }: ReadAllOptions = {}) {
    const faults = new UnreadableOfTenant((event) => this.own(event), onUnreadable);
    let left = limit;
    if (left <= 0) return;
    for await (const event of this.inner.readAll({ ...options, onUnreadable: faults.note })) {
      const own = this.own(event);
      if (!own) continue;
      faults.check(own);
      yield own;
      if (--left <= 0) return;
    }
  }

  override lastPosition(): Promise<number> {
    return this.inner.lastPosition();
  }

  override subscribeToAll(
    handler: (event: EventEnvelope) => Promise<void> | void,
    options?: SubscribeToAllOptions,
  ): EventSubscription {
    const faults = new UnreadableOfTenant((event) => this.own(event), options?.onUnreadable);
    return this.inner.subscribeToAll(
      (event) => {
        const own = this.own(event);
        if (own) faults.check(own);
        return own && this.asTenant(() => handler(own));
      },
      { ...options, onUnreadable: faults.note },
    );
  }

  /** For copies of one tenant. */
  asStored(): EventStore {
    const stored = asStored(this.inner);
    return stored === this.inner ? this : new TenantView(stored, this.tenant);
  }

  override close(): Promise<void> {
    return this.inner.close();
  }

  private stored(name: string): string {
    // What is wrong with it is said by the store.
    return typeof name === 'string' && name !== '' ? storedName(this.tenant, name) : name;
  }

  /** Whoever receives it, or finds it parked, must know whose it is. */
  private ofTenant(message: OutgoingMessage): OutgoingMessage {
    const { streamName, envelope } = message;
    return {
      ...message,
      ...(streamName !== undefined && { streamName: this.stored(streamName) }),
      ...(envelope.tenantid === undefined && { envelope: { ...envelope, tenantid: this.tenant } }),
    };
  }

  /** That of the message being handled is the tenant's already. */
  private markOf(mark: InboxMark): InboxMark {
    const handled = currentHandlerRun()?.mark;
    const isHandled = mark.consumer === handled?.consumer && mark.messageId === handled.messageId;
    return isHandled ? mark : markOfTenant(mark, this.tenant);
  }

  private own(event: EventEnvelope): EventEnvelope | undefined {
    const { tenant, streamName } = placeOf(event.streamName);
    return tenant === this.tenant ? { ...event, streamName } : undefined;
  }

  private asTenant<Result>(work: () => Result): Result {
    const { tenant: tenantId } = this;
    return withCorrelation({ ...(currentCorrelation() ?? { correlationId: uuidv7() }), tenantId }, work);
  }

  /** Names of streams in errors are the tenant's own too. */
  private local(error: unknown): unknown {
    if (!isLooseCouplingError(error, 'LC_WRONG_EXPECTED_VERSION')) return error;
    const { streamName, expected, actual } = error as unknown as WrongExpectedVersionError;
    return new WrongExpectedVersionError(placeOf(streamName).streamName, expected, actual);
  }
}
