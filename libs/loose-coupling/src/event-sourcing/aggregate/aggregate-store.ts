import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/index.js';
import { retryConflicts, type RetryOptions } from '../commands/retry-conflicts.js';
import { EventStore, type Commit, type InboxMark, type OutgoingMessage } from '../core/event-store.js';
import { tenantAtWork } from '../core/tenant-at-work.js';
import { InvalidCommitError } from '../errors/invalid-commit.error.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { Snapshots } from '../snapshots/snapshots.js';
import { StreamLoader } from '../snapshots/stream-loader.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import { pendingOf, settle, toStored, type Pending } from './aggregate-events.js';
import { AggregateLoader } from './aggregate-loader.js';
import { INTERNALS, type AggregateClass, type EventSourced } from './event-sourced.js';
import { LocalEvents } from './local-events.js';

/** What one save may add to its commit. */
export interface SaveOptions {
  /** Default: the mark of the message being handled. `null`: none, the save may be repeated. */
  readonly inbox?: InboxMark | null;
  /** Beside those that the aggregates emitted. */
  readonly messages?: readonly OutgoingMessage[];
}

/** Turns aggregates into commits and back. Repositories and sessions are views of it. */
@Injectable()
export class AggregateStore {
  private readonly loader: AggregateLoader;

  constructor(
    private readonly events: EventStore,
    private readonly messages: OutgoingMessageFactory,
    private readonly localEvents: LocalEvents,
    private readonly clock: Clock,
    upcasters: EventUpcasters,
    snapshots: Snapshots,
  ) {
    this.loader = new AggregateLoader(new StreamLoader(events, upcasters, snapshots), snapshots);
  }

  /** Whose aggregates it hands out now, where tenants are kept apart. */
  get tenant(): string | undefined {
    return tenantAtWork(this.events);
  }

  create<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): A {
    return this.attach(new aggregateClass(id));
  }

  /**
   * @throws {UnknownEventTypeError} when its stream holds an event it does not know
   * @throws {UpcastFailedError}
   */
  async find<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): Promise<A | undefined> {
    const aggregate = await this.loader.load(aggregateClass, id);
    return aggregate && this.attach(aggregate);
  }

  /**
   * One commit over all of them. When it fails, every aggregate keeps what is uncommitted. Saves of one aggregate
   * follow each other, so that none stores what another has on its way.
   */
  save(aggregates: readonly EventSourced[], options: SaveOptions = {}): Promise<void> {
    const members = [...new Set(aggregates)];
    const earlier = members.flatMap((aggregate) => aggregate[INTERNALS].saving ?? []);
    const saved =
      earlier.length > 0
        ? Promise.all(earlier).then(() => this.saveNow(members, options))
        : this.saveNow(members, options);
    const end = (): void => {
      for (const { [INTERNALS]: internals } of members) if (internals.saving === ended) internals.saving = undefined;
    };
    const ended = saved.then(end, end);
    for (const aggregate of members) aggregate[INTERNALS].saving = ended;
    return saved;
  }

  private async saveNow(aggregates: readonly EventSourced[], options: SaveOptions): Promise<void> {
    const pending = aggregates
      .map(pendingOf)
      .filter(({ events, messages }) => events.length > 0 || messages.length > 0);
    if (pending.length === 0 && !options.messages?.length && !options.inbox) return;
    for (const { aggregate } of pending) this.checkTenant(aggregate);
    const messages = await Promise.all(pending.flatMap((part) => this.messagesOf(part)));
    const commit: Commit = {
      appends: pending.map(({ streamName, aggregate, events }) => ({
        streamName,
        expectedVersion: aggregate[INTERNALS].version,
        events: events.map((event) => toStored(aggregate, event)),
      })),
      messages: [...messages, ...(options.messages ?? [])],
      ...(options.inbox !== undefined && { inbox: options.inbox }),
    };
    await this.events.commit(commit);
    for (const part of pending) {
      // More may have been applied meanwhile; that stays for the next save.
      settle(part);
      this.attach(part.aggregate);
      this.loader.snapshotIfDue(part);
    }
    this.localEvents.publish(pending.flatMap(({ events }) => events));
  }

  /** Runs `work` again while its save meets a version that somebody else has changed. */
  retrying<Result>(work: () => Promise<Result>, options?: RetryOptions): Promise<Result> {
    return retryConflicts(work, this.clock, options);
  }

  /** Two tenants may have aggregates of one id, and of one version. @throws {InvalidCommitError} */
  private checkTenant({ constructor, id, [INTERNALS]: { tenant } }: EventSourced): void {
    const current = this.tenant;
    if (tenant === undefined || current === undefined || tenant === current) return;
    throw new InvalidCommitError(
      `${constructor.name} "${id}" is of tenant "${tenant}", and the work in progress is for "${current}"`,
    );
  }

  private attach<A extends EventSourced>(aggregate: A): A {
    aggregate[INTERNALS].save ??= () => this.save([aggregate]);
    aggregate[INTERNALS].tenant ??= this.tenant;
    return aggregate;
  }

  private messagesOf({ streamName, messages }: Pending): Promise<OutgoingMessage>[] {
    return messages.map(({ contract, data, delay }) =>
      this.messages.create(contract, data, { streamName, ...(delay !== undefined && { delay }) }),
    );
  }
}
