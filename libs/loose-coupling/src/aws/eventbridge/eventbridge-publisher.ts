import type { Clock } from '../../kernel/index.js';
import {
  type EntryResult,
  InvalidMessageError,
  MessageTooLargeError,
  UnknownEventBusError,
} from '../../messaging/index.js';
import type { EventBridgeApi } from '../clients/aws-apis.js';
import { Destinations } from '../publishing/destinations.js';
import { EntryBatcher } from '../publishing/entry-batcher.js';
import type { BatcherCloseOptions } from '../publishing/entry-batcher.options.js';
import { explain, refused } from '../publishing/entry-results.js';
import { judgeAwsError } from '../publishing/judge-aws-error.js';
import type { AwsPublisherOptions } from '../transport/aws-transport.options.js';
import { eventBytes, type EventToPut, faultOfEvent } from './event-to-put.js';

/** The entries of a call must be smaller than a million bytes together. */
const MAX_BYTES = 999_999;
/** The account's own, which is always there. */
const DEFAULT_BUS = 'default';
const PASSING = /^(?:ThrottlingException|InternalFailure|InternalException)$/;

export interface EventBridgePublisherOptions {
  readonly api: Pick<EventBridgeApi, 'putEvents' | 'describeEventBus'>;
  readonly publisher?: AwsPublisherOptions;
  readonly clock?: Clock;
  readonly random?: () => number;
}

type PreparedEntry = NonNullable<Parameters<EventBridgeApi['putEvents']>[0]['Entries']>[number];
type Batcher = EntryBatcher<PreparedEntry, { eventId: string }>;

/**
 * Puts events on buses of EventBridge, by name or ARN. Each bus has calls of its own, so that a bus that is not allowed fails no
 * other. What EventBridge drops without a word is refused here, and a bus is looked up before its first event.
 */
export class EventBridgePublisher {
  private readonly buses = new Destinations((bus) => this.open(bus));

  constructor(private readonly options: EventBridgePublisherOptions) {}

  /** Resolves once every event was accepted or refused, with a result for each, in their order. Nothing is thrown for one. */
  async put(
    bus: string,
    events: readonly EventToPut[],
    signal?: AbortSignal,
  ): Promise<EntryResult<{ eventId: string }>[]> {
    let batcher: Batcher;
    try {
      batcher = await this.buses.of(bus);
    } catch (reason) {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      const permanent = judgeAwsError(error) !== 'retry';
      return explain(
        nameOf(bus),
        events.map(() => ({ ok: false, error, permanent })),
      );
    }
    return explain(nameOf(bus), await Promise.all(events.map((event) => add(batcher, bus, event, signal))), signal);
  }

  flush(): Promise<void> {
    return this.buses.flush();
  }

  close(options?: BatcherCloseOptions): Promise<void> {
    return this.buses.close(options);
  }

  private async open(bus: string): Promise<Batcher> {
    await this.lookUp(bus);
    const { api, publisher, clock, random } = this.options;
    return new EntryBatcher({
      ...publisher,
      destination: nameOf(bus),
      maxBytes: MAX_BYTES,
      call: async (entries, abortSignal) => {
        const { Entries = [] } = await api.putEvents({ Entries: [...entries] }, { abortSignal });
        return Entries.map((entry) => readEntry(bus, entry));
      },
      judge: judgeAwsError,
      clock,
      random,
    });
  }

  /** Events for a bus that is not there are accepted, and gone. */
  private async lookUp(bus: string): Promise<void> {
    if (bus === DEFAULT_BUS) return;
    try {
      await this.options.api.describeEventBus({ Name: bus });
    } catch (cause) {
      const name = cause instanceof Error ? cause.name : '';
      if (/NotFound/.test(name)) throw new UnknownEventBusError(bus, { cause });
      // Who may put events need not be allowed to ask, above all for a bus of another account.
      if (!/AccessDenied|Authorization/.test(name)) throw cause;
    }
  }
}

const nameOf = (bus: string): string => `Event bus "${bus}"`;

function add(
  batcher: Batcher,
  bus: string,
  event: EventToPut,
  signal: AbortSignal | undefined,
): Promise<EntryResult<{ eventId: string }>> {
  const fault = faultOfEvent(event);
  if (fault) return Promise.resolve(refused(new InvalidMessageError(bus, fault, 'event bus')));
  const bytes = eventBytes(event);
  if (bytes > MAX_BYTES) {
    return Promise.resolve(refused(new MessageTooLargeError(`The event for bus "${bus}"`, bytes, MAX_BYTES)));
  }
  return batcher.add(prepare(bus, event), { bytes, ...(signal && { signal }) });
}

const prepare = (bus: string, event: EventToPut): PreparedEntry => ({
  EventBusName: bus,
  Source: event.source,
  DetailType: event.detailType,
  Detail: event.detail,
  ...(event.time !== undefined && { Time: new Date(event.time) }),
  ...(event.resources && event.resources.length > 0 && { Resources: [...event.resources] }),
  ...(event.traceHeader !== undefined && { TraceHeader: event.traceHeader }),
});

interface PutEntry {
  readonly EventId?: string | undefined;
  readonly ErrorCode?: string | undefined;
  readonly ErrorMessage?: string | undefined;
}

function readEntry(bus: string, { EventId, ErrorCode, ErrorMessage }: PutEntry): EntryResult<{ eventId: string }> {
  if (EventId !== undefined && ErrorCode === undefined) return { ok: true, value: { eventId: EventId } };
  const text = `${ErrorCode ?? 'no event id'}${ErrorMessage ? `: ${ErrorMessage}` : ''}`;
  return ErrorCode === undefined || PASSING.test(ErrorCode)
    ? { ok: false, error: new Error(text), permanent: false }
    : refused(new InvalidMessageError(bus, text, 'event bus'));
}
