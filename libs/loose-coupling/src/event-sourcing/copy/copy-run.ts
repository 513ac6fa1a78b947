import { isDeepStrictEqual } from 'node:util';
import { isLooseCouplingError } from '../../kernel/index.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { CopyMismatchError } from '../errors/copy-mismatch.error.js';

/** Brings neighbouring events of one stream into the target, wherever an earlier copy has ended. */
export class CopyRun {
  private readonly first: EventEnvelope;

  constructor(
    private readonly target: EventStore,
    private readonly events: readonly EventEnvelope[],
    private readonly verify: boolean,
  ) {
    this.first = events[0] as EventEnvelope;
  }

  /** How many events were written. */
  async copy(): Promise<number> {
    try {
      await this.append(this.events);
    } catch (error) {
      if (codeOf(error) !== 'LC_WRONG_EXPECTED_VERSION') throw error;
      return await this.copyRest();
    }
    if (this.verify) await this.compare(this.events);
    return this.events.length;
  }

  private async copyRest(): Promise<number> {
    const { streamName, version } = this.first;
    const found = await this.read();
    this.compareWith(this.events.slice(0, found.length), found);
    const missing = this.events.slice(found.length);
    if (missing.length === 0) return 0;
    if (found.length === 0 && version > 1 && !(await this.has(version - 1))) {
      throw new CopyMismatchError(streamName, version, `version ${version - 1} is not in the target`);
    }
    await this.append(missing);
    if (this.verify) await this.compare(this.events);
    return missing.length;
  }

  private async append(events: readonly EventEnvelope[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    try {
      await this.target.appendToStream(
        first.streamName,
        events.map(({ id, type, schemaVersion, data, metadata }) => ({ id, type, schemaVersion, data, metadata })),
        { expectedVersion: first.version - 1, recordedAt: first.recordedAt, inbox: null },
      );
    } catch (error) {
      // What other stores take at once may be more than this one does.
      if (codeOf(error) !== 'LC_COMMIT_TOO_LARGE' || events.length === 1) throw error;
      const half = events.length >> 1;
      await this.append(events.slice(0, half));
      await this.append(events.slice(half));
    }
  }

  private async compare(events: readonly EventEnvelope[]): Promise<void> {
    this.compareWith(events, await this.read());
  }

  private compareWith(events: readonly EventEnvelope[], found: readonly EventEnvelope[]): void {
    for (const [index, event] of events.entries()) {
      const other = found[index];
      if (other === undefined || !isSameEvent(event, other)) {
        const what = other === undefined ? 'nothing' : `event ${other.id} (${other.type})`;
        throw new CopyMismatchError(
          event.streamName,
          event.version,
          `the source has event ${event.id} (${event.type}) there, the target ${what}, or the same with other content`,
        );
      }
    }
  }

  private async read(): Promise<EventEnvelope[]> {
    const { streamName, version } = this.first;
    const range = { fromVersion: version, toVersion: version + this.events.length - 1 };
    const found: EventEnvelope[] = [];
    for await (const event of this.target.readStream(streamName, range)) found.push(event);
    return found;
  }

  private async has(version: number): Promise<boolean> {
    const { streamName } = this.first;
    const range = { fromVersion: version, toVersion: version };
    for await (const event of this.target.readStream(streamName, range)) return event.version === version;
    return false;
  }
}

const codeOf = (error: unknown): string | undefined => (isLooseCouplingError(error) ? error.code : undefined);

/** All but the position, which is the store's own. */
const isSameEvent = (one: EventEnvelope, other: EventEnvelope): boolean =>
  one.version === other.version &&
  one.id === other.id &&
  one.type === other.type &&
  one.schemaVersion === other.schemaVersion &&
  one.recordedAt === other.recordedAt &&
  isDeepStrictEqual(one.data, other.data) &&
  isDeepStrictEqual(one.metadata, other.metadata);
