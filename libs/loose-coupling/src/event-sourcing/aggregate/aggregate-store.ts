import { Injectable } from '@nestjs/common';
import { backoffDelay, Clock, isLooseCouplingError, sleep } from '../../kernel/index.js';
import {
  EventStore,
  type Commit,
  type EventEnvelope,
  type InboxMark,
  type OutgoingMessage,
} from '../core/event-store.js';
import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import { eventKey, reviveEvent } from '../event-types/event-codec.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import { aggregateModelOf } from './aggregate-model.js';
import { INTERNALS, type AggregateClass, type EventSourced } from './event-sourced.js';
import { LocalEvents } from './local-events.js';

/** What one save may add to its commit. */
export interface SaveOptions {
  /** Default: the mark of the message being handled. `null`: none, the save may be repeated. */
  readonly inbox?: InboxMark | null;
  /** Beside those that the aggregates emitted. */
  readonly messages?: readonly OutgoingMessage[];
}

export interface RetryOptions {
  /** How often to begin again when somebody else was faster. Default 5. */
  readonly retries?: number;
}

const RETRY_BACKOFF = { initialDelay: 4, maxDelay: 250, jitter: 'full' } as const;

/** Turns aggregates into commits and back. Repositories and sessions are views of it. */
@Injectable()
export class AggregateStore {
  constructor(
    private readonly events: EventStore,
    private readonly messages: OutgoingMessageFactory,
    private readonly localEvents: LocalEvents,
    private readonly upcasters: EventUpcasters,
    private readonly clock: Clock,
  ) {}

  create<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): A {
    const aggregate = new aggregateClass(id);
    aggregate[INTERNALS].save = () => this.save([aggregate]);
    return aggregate;
  }

  /**
   * @throws {UnknownEventTypeError} when its stream holds an event it does not know
   * @throws {UpcastFailedError}
   */
  async find<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): Promise<A | undefined> {
    const { events } = aggregateModelOf(aggregateClass);
    const streamName = streamNameOf(aggregateClass, id);
    const { state: envelopes, version } = await this.events.aggregateStream<EventEnvelope[]>(streamName, {
      initialState: () => [],
      evolve: (earlier, envelope) => {
        earlier.push(envelope);
        return earlier;
      },
    });
    if (version === 0) return undefined;
    const history: object[] = [];
    for (const stored of envelopes) {
      const upcast = this.upcasters.upcast(stored);
      for (const { type, schemaVersion, data } of upcast instanceof Promise ? await upcast : upcast) {
        const eventClass = events.get(eventKey(type, schemaVersion));
        if (!eventClass) {
          throw UnknownEventTypeError.stored(aggregateClass.name, streamName, type, schemaVersion, events.keys());
        }
        history.push(reviveEvent(eventClass, data));
      }
    }
    const aggregate = this.create(aggregateClass, id);
    aggregate.loadFromHistory(history);
    // Upcasters may have split or dropped events; what the next commit expects is the stored version.
    aggregate[INTERNALS].version = version;
    return aggregate;
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
    for (const { aggregate, events, messages: sent } of pending) {
      // More may have been applied meanwhile; that stays for the next save.
      removeAll(aggregate.getUncommittedEvents(), events);
      removeAll(aggregate[INTERNALS].messages, sent);
      aggregate[INTERNALS].version += events.length;
      aggregate[INTERNALS].save ??= () => this.save([aggregate]);
    }
    this.localEvents.publish(pending.flatMap(({ events }) => events));
  }

  /** Runs `work` again while its save meets a version that somebody else has changed. */
  async retrying<Result>(work: () => Promise<Result>, { retries = 5 }: RetryOptions = {}): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt > retries || !isLooseCouplingError(error, 'LC_WRONG_EXPECTED_VERSION')) throw error;
        await sleep(this.clock, backoffDelay(attempt, RETRY_BACKOFF));
      }
    }
  }

  private messagesOf({ streamName, messages }: Pending): Promise<OutgoingMessage>[] {
    return messages.map(({ contract, data, delay }) =>
      this.messages.create(contract, data, { streamName, ...(delay !== undefined && { delay }) }),
    );
  }
}

type Pending = ReturnType<typeof pendingOf>;

const pendingOf = (aggregate: EventSourced) => ({
  aggregate,
  streamName: streamNameOf(aggregate.constructor as AggregateClass, aggregate.id),
  events: [...aggregate.getUncommittedEvents()],
  messages: [...aggregate[INTERNALS].messages],
});

/** By identity, as the list may have been emptied and filled meanwhile. */
function removeAll<Item>(list: Item[], stored: readonly Item[]): void {
  for (const item of stored) {
    const index = list.indexOf(item);
    if (index >= 0) list.splice(index, 1);
  }
}

function streamNameOf(aggregateClass: AggregateClass, id: string): string {
  if (typeof id === 'string' && id !== '') return `${aggregateModelOf(aggregateClass).category}-${id}`;
  throw new TypeError(`The id of a ${aggregateClass.name} must be a text that is not empty, got ${String(id)}.`);
}

function toStored(aggregate: EventSourced, event: object) {
  const eventClass = event.constructor as EventClass;
  const type = aggregateModelOf(aggregate.constructor as AggregateClass).types.get(eventClass);
  if (!type) throw UnknownEventTypeError.applied(aggregate.constructor.name, eventClass.name);
  return { type: type.name, schemaVersion: type.version, data: event };
}
