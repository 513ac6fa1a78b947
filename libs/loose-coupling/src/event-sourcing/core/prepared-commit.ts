import { currentCorrelation, currentTrace, uuidv7, type Correlation, type TraceContext } from '../../kernel/index.js';
import { encodeEnvelope } from '../../messaging/index.js';
import { InvalidCommitError } from '../errors/invalid-commit.error.js';
import type {
  Commit,
  EventToAppend,
  ExpectedVersion,
  InboxMark,
  OutgoingMessage,
  StreamAppend,
  StreamAppendResult,
} from './event-store.js';
import { isExpectedVersion } from './expected-version.js';
import { frozenCopy } from './frozen-copy.js';
import type { ProcessChange } from './process-index.js';
import { isStorableText } from './storable-text.js';

/** An event as a store keeps it: complete, and out of the caller's reach. */
export interface PreparedEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The caller chose the id, so it may be taken. */
  readonly ownId: boolean;
}

export interface PreparedAppend {
  readonly streamName: string;
  readonly expectedVersion: ExpectedVersion;
  readonly events: readonly PreparedEvent[];
}

export interface PreparedMessage {
  readonly kind: OutgoingMessage['kind'];
  readonly destination: string;
  readonly fifo: boolean;
  /** Epoch milliseconds before which it shall not be delivered. */
  readonly dueAt?: number;
  /** Messages that share a lane leave in the order they were committed. */
  readonly lanes: readonly string[];
  /** The envelope as JSON. */
  readonly text: string;
}

/** A commit that was checked and copied: what is left to find out is only in the store. */
export interface PreparedCommit {
  /** Only when the caller gave one; no other can be retried. */
  readonly commitId?: string;
  readonly appends: readonly PreparedAppend[];
  readonly messages: readonly PreparedMessage[];
  readonly inbox?: InboxMark;
  readonly process?: ProcessChange;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}

export interface CommitOutcome {
  readonly results: StreamAppendResult[];
  /** The commit id was stored before, and nothing was written now. */
  readonly repeated: boolean;
}

const NO_METADATA: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Checks a commit and copies what will be stored. Events get the correlation of the work in progress as metadata.
 * @throws {InvalidCommitError}
 * @throws {UnstorableDataError}
 * @throws {UnserializableDataError} for a message whose data JSON cannot carry
 */
export function prepareCommit(commit: Commit, inbox: InboxMark | undefined, now: number): PreparedCommit {
  if (commit.commitId !== undefined) checkName(commit.commitId, 'commitId');
  const recordedAt = recordedAtOf(commit, inbox) ?? now;
  // What comes from elsewhere was not caused by the work in progress.
  const correlation =
    commit.recordedAt === undefined ? correlationMetadata(currentCorrelation(), currentTrace()) : undefined;
  const streams = new Set<string>();
  const appends = commit.appends.map((append) => {
    const prepared = prepareAppend(append, correlation, recordedAt);
    if (streams.has(prepared.streamName)) {
      throw new InvalidCommitError(`stream "${prepared.streamName}" appears twice; join its appends into one`);
    }
    streams.add(prepared.streamName);
    return prepared;
  });
  const lanes = [...streams];
  return {
    ...(commit.commitId !== undefined && { commitId: commit.commitId }),
    appends,
    messages: commit.messages?.length
      ? commit.messages.map((message) => prepareMessage(message, lanes, recordedAt))
      : [],
    ...(inbox && { inbox }),
    ...(commit.process && { process: prepareProcess(commit.process) }),
    recordedAt,
  };
}

function prepareProcess(change: ProcessChange): ProcessChange {
  checkName(change.manager, 'name of a process manager');
  checkName(change.id, `id of an instance of ${change.manager}`);
  return frozenCopy(change, 'entry of a process') as ProcessChange;
}

function recordedAtOf({ recordedAt, messages }: Commit, inbox: InboxMark | undefined): number | undefined {
  if (recordedAt === undefined) return undefined;
  if (!Number.isSafeInteger(recordedAt) || recordedAt < 0) {
    throw new InvalidCommitError(`recordedAt must be epoch milliseconds, got ${String(recordedAt)}`);
  }
  if (inbox || messages?.length) {
    throw new InvalidCommitError('recordedAt is for events alone: neither messages nor an inbox mark can go with it');
  }
  return recordedAt;
}

function prepareAppend(append: StreamAppend, correlation: object | undefined, now: number): PreparedAppend {
  const { streamName, expectedVersion = 'any' } = append;
  checkName(streamName, 'streamName');
  if (!isExpectedVersion(expectedVersion)) {
    throw new InvalidCommitError(
      `expectedVersion of stream "${streamName}" must be a whole number from 0, 'any', 'noStream' or 'streamExists'; ` +
        `got ${String(expectedVersion)}`,
    );
  }
  return {
    streamName,
    expectedVersion,
    events: append.events.map((event) => prepareEvent(event, streamName, correlation, now)),
  };
}

function prepareEvent(
  event: EventToAppend,
  streamName: string,
  correlation: object | undefined,
  now: number,
): PreparedEvent {
  const { type, schemaVersion = 1, id, metadata } = event;
  checkName(type, `type of an event of stream "${streamName}"`);
  if (id !== undefined) checkName(id, `id of an event of stream "${streamName}"`);
  if (!Number.isSafeInteger(schemaVersion) || schemaVersion < 1) {
    throw new InvalidCommitError(`schemaVersion of "${type}" must be a whole number from 1, got ${schemaVersion}`);
  }
  return {
    id: id ?? uuidv7(now),
    ownId: id !== undefined,
    type,
    schemaVersion,
    data: frozenCopy(event.data === undefined ? null : event.data, `data of ${type}`),
    metadata:
      metadata || correlation
        ? (frozenCopy({ ...correlation, ...metadata }, `metadata of ${type}`) as Record<string, unknown>)
        : NO_METADATA,
  };
}

function prepareMessage(message: OutgoingMessage, streams: readonly string[], now: number): PreparedMessage {
  const { kind, destination, fifo, envelope, delay, streamName } = message;
  checkName(destination, 'destination of a message');
  if (fifo && delay !== undefined && delay > 0) {
    throw new InvalidCommitError(`a message for "${destination}" has a delay, which ordered messages cannot have`);
  }
  const lanes = streamName === undefined ? [...streams] : [streamName];
  // Streams that share a FIFO group share its order too.
  if (fifo && envelope.partitionkey !== undefined) lanes.push(`${destination}#${envelope.partitionkey}`);
  return {
    kind,
    destination,
    fifo,
    ...(delay !== undefined && delay > 0 && { dueAt: now + delay }),
    lanes,
    text: encodeEnvelope(envelope),
  };
}

function correlationMetadata(
  correlation: Correlation | undefined,
  trace: TraceContext | undefined,
): object | undefined {
  if (!correlation) return trace;
  const { correlationId, causationId, tenantId } = correlation;
  return { correlationId, causationId, tenantId, traceparent: trace?.traceparent, tracestate: trace?.tracestate };
}

function checkName(value: unknown, what: string): void {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidCommitError(`${what} must be a text that is not empty, got ${JSON.stringify(value)}`);
  }
  if (!isStorableText(value)) {
    throw new InvalidCommitError(`${what} ${JSON.stringify(value)} holds a NUL character or half of a surrogate pair`);
  }
}
