import { isLooseCouplingError } from '../../kernel/index.js';
import { sameParts, type EventProtection, type UnreadableListener } from '../core/event-protection.js';
import type { Commit, EventEnvelope } from '../core/event-store.js';
import type { PreparedAppend, PreparedCommit, PreparedEvent } from '../core/prepared-commit.js';
import type { DataKeyUnavailableError } from '../errors/data-key-unavailable.error.js';
import { InvalidCommitError } from '../errors/invalid-commit.error.js';
import type { DataKeys } from './data-keys.js';
import type { KnownKey } from './key-cache.js';
import type { PersonalDataRules } from './personal-data-rules.js';
import type { SubjectId } from './subject-id.js';
import { openFields, readParts, sealFields, subjectsOf, type SealedPart, type SealingPlace } from './sealed-fields.js';

/** Where the sealed fields of an event lie, in its metadata. */
export const SEALED = 'lc-personal-data';

/** A stored stream: its name without what marks its tenant. */
export interface StreamPlace {
  readonly tenant: string | undefined;
  readonly streamName: string;
}

export interface EventSealerParts {
  readonly keys: DataKeys;
  readonly rules: PersonalDataRules;
  /** Default: no tenants. */
  readonly placeOf?: (storedStreamName: string) => StreamPlace;
}

/** A key, or why there will never be one. */
type Obtained =
  { readonly key: KnownKey; readonly error?: undefined } | { readonly key?: undefined; readonly error: unknown };

const isLasting = (error: unknown): boolean =>
  isLooseCouplingError(error, 'LC_DATA_KEY_UNAVAILABLE') && (error as DataKeyUnavailableError).lasting;

const withoutTenant = (streamName: string): StreamPlace => ({ tenant: undefined, streamName });

/** Encrypts personal data on its way into a store and decrypts it on its way out. The store itself never sees it. */
export class EventSealer implements EventProtection {
  constructor(private readonly parts: EventSealerParts) {}

  async seal(prepared: PreparedCommit, given: Commit): Promise<PreparedCommit> {
    const appends: PreparedAppend[] = [];
    for (const [at, append] of prepared.appends.entries()) {
      const events: PreparedEvent[] = [];
      for (const [index, event] of append.events.entries()) {
        events.push(await this.sealEvent(event, append.streamName, given.appends[at]?.events[index]?.data));
      }
      appends.push(sameParts(events, append.events) ? append : { ...append, events });
    }
    return sameParts(appends, prepared.appends) ? prepared : { ...prepared, appends };
  }

  async open(page: readonly EventEnvelope[], onUnreadable: UnreadableListener): Promise<readonly EventEnvelope[]> {
    const known = new Map<string, Obtained>();
    for (const event of page) {
      const { tenant } = this.streamPlace(event);
      for (const subject of this.subjectsIfReadable(event)) {
        const name = JSON.stringify([tenant, subject]);
        if (!known.has(name)) known.set(name, await this.obtain({ tenant, subject }));
      }
    }
    return this.openAll(page, onUnreadable, (tenant, subject) => {
      const { key, error } = known.get(JSON.stringify([tenant, subject])) ?? { key: { forgotten: true } };
      if (!key) throw error;
      return key;
    });
  }

  openNow(page: readonly EventEnvelope[], onUnreadable: UnreadableListener): readonly EventEnvelope[] {
    let outage: { readonly error: unknown } | undefined;
    const opened = this.openAll(page, onUnreadable, (tenant, subject) => {
      try {
        return this.parts.keys.forOpeningNow({ tenant, subject });
      } catch (error) {
        if (!isLasting(error)) outage ??= { error };
        throw error;
      }
    });
    if (outage) throw outage.error;
    return opened;
  }

  /** Whose keys it takes to read a stored event. */
  subjectsOf(stored: EventEnvelope): readonly string[] {
    return subjectsOf(this.partsOf(stored));
  }

  tenantOf(storedStreamName: string): string | undefined {
    return this.streamPlace({ streamName: storedStreamName }).tenant;
  }

  private async sealEvent(event: PreparedEvent, streamName: string, given: unknown): Promise<PreparedEvent> {
    const { id, type, schemaVersion, data, metadata } = event;
    if (Object.hasOwn(metadata, SEALED)) {
      throw new InvalidCommitError(`metadata of "${type}" has "${SEALED}", which is reserved`);
    }
    const rules = this.parts.rules.of(type, schemaVersion, given);
    if (rules.length === 0) return event;
    const sealed = await sealFields(this.parts.keys, this.placeOf({ id, type, streamName }), data, rules);
    if (sealed.parts.length === 0) return event;
    return { ...event, data: sealed.data, metadata: { ...metadata, [SEALED]: sealed.parts } };
  }

  private openAll(
    page: readonly EventEnvelope[],
    onUnreadable: UnreadableListener,
    keyOf: (tenant: string | undefined, subject: string) => KnownKey,
  ): readonly EventEnvelope[] {
    return page.map((event, index) => {
      try {
        return this.openEvent(event, keyOf);
      } catch (error) {
        onUnreadable(index, error);
        return event;
      }
    });
  }

  /** Rejects when the key may be had another time. */
  private async obtain(id: SubjectId): Promise<Obtained> {
    try {
      return { key: await this.parts.keys.forOpening(id) };
    } catch (error) {
      if (isLasting(error)) return { error };
      throw error;
    }
  }

  /** What is wrong with an event is found again, and told, when it is opened. */
  private subjectsIfReadable(event: EventEnvelope): readonly string[] {
    try {
      return this.subjectsOf(event);
    } catch {
      return [];
    }
  }

  private openEvent(
    event: EventEnvelope,
    keyOf: (tenant: string | undefined, subject: string) => KnownKey,
  ): EventEnvelope {
    const parts = this.partsOf(event);
    if (parts.length === 0) return event;
    const { [SEALED]: _sealed, ...metadata } = event.metadata;
    const place = this.placeOf(event);
    const data = openFields({ data: event.data, parts }, place, (subject) => keyOf(place.tenant, subject));
    return { ...event, data, metadata };
  }

  private partsOf(event: EventEnvelope): readonly SealedPart[] {
    const value = event.metadata[SEALED];
    return value === undefined ? [] : readParts(value, this.placeOf(event));
  }

  private placeOf(event: Pick<EventEnvelope, 'id' | 'type' | 'streamName'>): SealingPlace {
    const { tenant, streamName } = this.streamPlace(event);
    return { tenant, name: [streamName, event.type, event.id] };
  }

  private streamPlace({ streamName }: { readonly streamName: string }): StreamPlace {
    return (this.parts.placeOf ?? withoutTenant)(streamName);
  }
}
