import type { Clock } from '../../kernel/index.js';
import { retryConflicts, type RetryOptions } from '../commands/retry-conflicts.js';
import type { EventEnvelope, EventStore, InboxMark, OutgoingMessage } from '../core/event-store.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import type { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { snapshotRevision } from '../snapshots/snapshot-policy.js';
import type { Snapshots } from '../snapshots/snapshots.js';
import { plainCopy } from '../snapshots/state-of-fields.js';
import { jsonBytes, type LoadedStream, type StreamFold, type StreamLoader } from '../snapshots/stream-loader.js';
import { decide, type Decision } from './decide.js';
import type { DeciderEvent, DeciderOptions } from './decider.js';

/** A state and the version of the stream it is of; 0 when there are no events. */
export interface DecidedState<State> {
  readonly state: State;
  readonly version: number;
}

export interface DeciderResult<State, Event> extends DecidedState<State> {
  /** That the command led to. */
  readonly events: readonly Event[];
}

export interface DeciderExecuteOptions extends RetryOptions {
  /** Default: the mark of the message being handled. `null`: none. */
  readonly inbox?: InboxMark | null;
  /** Beside those of the decider. */
  readonly messages?: readonly OutgoingMessage[];
}

export interface DeciderRepositoryParts {
  readonly events: EventStore;
  readonly streams: StreamLoader;
  readonly snapshots: Snapshots;
  readonly messages: OutgoingMessageFactory;
  readonly clock: Clock;
}

/** Runs commands of a decider against what is stored. Injected by `@InjectDecider(decider)`. */
export class DeciderRepository<State, Command, Event extends DeciderEvent> {
  constructor(
    private readonly decider: DeciderOptions<State, Command, Event>,
    private readonly parts: DeciderRepositoryParts,
  ) {}

  /** The state today; the initial one, with version 0, when there are no events. */
  async load(id: string): Promise<DecidedState<State>> {
    const { state, version } = await this.loadAll(id);
    return { state, version };
  }

  /**
   * Loads, decides and stores; again from the start when somebody else was faster meanwhile, so `decide` may run several
   * times.
   * @throws whatever `decide` throws; nothing was stored
   * @throws {WrongExpectedVersionError} when somebody else was faster in every attempt
   */
  execute(id: string, command: Command, options: DeciderExecuteOptions = {}): Promise<DeciderResult<State, Event>> {
    return retryConflicts(() => this.executeOnce(id, command, options), this.parts.clock, options);
  }

  private async executeOnce(
    id: string,
    command: Command,
    options: DeciderExecuteOptions,
  ): Promise<DeciderResult<State, Event>> {
    const before = await this.loadAll(id);
    const decision = await decide(this.decider, id, command, before.state);
    const { events, state } = decision;
    const messages = [...(await this.messagesOf(id, decision)), ...(options.messages ?? [])];
    if (events.length === 0 && messages.length === 0 && !options.inbox) return { ...before, events };
    await this.parts.events.commit({
      appends: [
        {
          streamName: this.streamName(id),
          expectedVersion: before.version,
          events: events.map((event) => ({ ...event, schemaVersion: this.versionOf(event.type) })),
        },
      ],
      messages,
      ...(options.inbox !== undefined && { inbox: options.inbox }),
    });
    const version = before.version + events.length;
    this.snapshotIfDue(id, { state, version }, before, events);
    return { state, version, events };
  }

  private messagesOf(id: string, { messages }: Decision<State, Event>): Promise<OutgoingMessage[]> {
    const streamName = this.streamName(id);
    return Promise.all(
      messages.map(({ contract, data, delay }) =>
        this.parts.messages.create(contract, data, { streamName, ...(delay !== undefined && { delay }) }),
      ),
    );
  }

  private async loadAll(
    id: string,
  ): Promise<DecidedState<State> & { readonly snapshotVersion: number; readonly bytes: number }> {
    const loaded = await this.loadStream(id);
    if (!loaded) return { state: this.decider.initialState(), version: 0, snapshotVersion: 0, bytes: 0 };
    const { version, events, bytes } = loaded.since;
    return { state: loaded.result, version, snapshotVersion: version - events, bytes };
  }

  private snapshotIfDue(
    id: string,
    after: DecidedState<State>,
    before: { readonly snapshotVersion: number; readonly bytes: number },
    events: readonly Event[],
  ): void {
    const { snapshot: options, category } = this.decider;
    if (!options || events.length === 0) return;
    const bytes = events.reduce((sum, { data }) => sum + jsonBytes(data), before.bytes);
    const since = { version: after.version, events: after.version - before.snapshotVersion, bytes };
    const streamName = this.streamName(id);
    const revision = snapshotRevision(options);
    this.parts.snapshots.writeIfDue({ kind: category, streamName, options, state: after.state, since }, async () => {
      const loaded = await this.loadStream(id);
      if (!loaded || loaded.since.events === 0) return undefined;
      const state = options.toSnapshot
        ? frozenCopy(options.toSnapshot(loaded.result), `snapshot of ${category}`)
        : plainCopy(loaded.result, `snapshot of ${category}`);
      return { streamName, revision, version: loaded.since.version, eventId: loaded.lastEventId, state: { state } };
    });
  }

  private loadStream(id: string): Promise<LoadedStream<State> | undefined> {
    const { snapshot: options } = this.decider;
    return this.parts.streams.load(this.streamName(id), options, (snapshot) =>
      this.fold(snapshot ? this.restored(snapshot.state) : this.decider.initialState()),
    );
  }

  private restored(stored: unknown): State {
    if (typeof stored !== 'object' || stored === null || !('state' in stored)) {
      throw new TypeError('The snapshot is not one of a decider.');
    }
    const { state } = stored as { readonly state: never };
    return this.decider.snapshot?.fromSnapshot?.(state) ?? state;
  }

  private fold(initial: State): StreamFold<State> {
    let state = initial;
    return {
      take: ({ type, schemaVersion, data, streamName }: EventEnvelope) => {
        if (this.versionOf(type) !== schemaVersion) {
          throw UnknownEventTypeError.stored(this.decider.category, streamName, type, schemaVersion, this.knownNames());
        }
        state = this.decider.evolve(state, { type, data } as Event);
      },
      end: () => state,
    };
  }

  private versionOf(type: string): number | undefined {
    const { events } = this.decider;
    return Object.hasOwn(events, type) ? events[type as Event['type']] : undefined;
  }

  private knownNames(): string[] {
    return Object.entries(this.decider.events).map(([type, version]) => `${type}@${String(version)}`);
  }

  private streamName(id: string): string {
    if (typeof id === 'string' && id !== '') return `${this.decider.category}-${id}`;
    throw new TypeError(`The id of a ${this.decider.category} must be a text that is not empty, got ${String(id)}.`);
  }
}
