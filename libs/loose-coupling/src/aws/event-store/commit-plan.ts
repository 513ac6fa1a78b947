import type { PreparedCommit, ProcessChange } from '../../event-sourcing/runtime.js';
import { CommitTooLargeError } from '../errors/commit-too-large.error.js';
import { number, text } from './attributes.js';
import { encodeEvent, encodePiece, itemBytes, type CommitPiece, type PieceContent } from './commit-item.js';
import type { Item, TransactAction } from './dynamodb-api.js';
import { encodeProcess } from './process-item.js';
import { carrierKey, commitMarkKey, eventIdKey, inboxKey, processKey, streamKey, toKey, type ItemKey } from './keys.js';

/** DynamoDB refuses items of more than 400 KB, names of attributes included. */
const ITEM_BYTES = 400 * 1024;
/** Of JSON, before it is compressed: leaves room for the rest of the item. */
const PIECE_BYTES = 360 * 1024;
const TRANSACTION_BYTES = 4 * 1024 * 1024;
const TRANSACTION_ACTIONS = 100;

export type PlannedKind = 'commit-mark' | 'inbox' | 'event-id' | 'piece' | 'check' | 'process';

/** One action of the write, and what its refusal means. */
export interface PlannedAction {
  readonly kind: PlannedKind;
  readonly key: ItemKey;
  /** Of `piece` and `check`. */
  readonly streamName?: string;
  readonly eventId?: string;
  readonly item?: Item;
  /** Deletes what is there. */
  readonly remove?: true;
  /** Absent: whatever is there. */
  readonly condition?: string;
  readonly values?: Item;
}

export interface WritePlan {
  readonly pieces: readonly CommitPiece[];
  readonly actions: readonly PlannedAction[];
  /** Of the streams of the commit, in their order. */
  readonly versions: readonly number[];
}

export interface PlanSettings {
  readonly commitId: string;
  /** Versions of the streams before the commit, in its order. */
  readonly bases: readonly number[];
  /** Milliseconds that inbox marks are kept. */
  readonly inboxRetention: number;
  /** Where the commit stands among those that are pending; the feed's order does not depend on it within a stream. */
  readonly order: number;
}

const NEW = 'attribute_not_exists(pk)';

/**
 * Lays a commit out as items: one, where it is one stream that fits and nothing else must join.
 * @throws {CommitTooLargeError}
 */
export function planCommit(commit: PreparedCommit, settings: PlanSettings): WritePlan {
  const drafts = draftPieces(commit, settings);
  const siblings = drafts.length > 1 ? drafts.map(({ key }) => key) : undefined;
  const versions = commit.appends.map(({ events }, index) => (settings.bases[index] ?? 0) + events.length);
  const actions: PlannedAction[] = [...guards(commit, settings, versions)];
  const stored = { id: settings.commitId, recordedAt: commit.recordedAt, order: settings.order };
  const pieces: CommitPiece[] = [];
  for (const { key, to, streamName, content } of drafts) {
    const piece = { key, to, messageCount: content.messages.length, ...(siblings && { siblings }) };
    pieces.push(piece);
    const item = encodePiece(piece, content, stored);
    actions.push({ kind: 'piece', key, item, condition: NEW, ...(streamName !== undefined && { streamName }) });
  }
  // No condition: the streams of the commit guard it.
  if (commit.process) actions.push(processAction(commit.process, settings.commitId));
  if (actions.length > 0) actions.push(...checks(commit, settings.bases));
  checkSize(actions);
  return { pieces, actions, versions };
}

function processAction(change: ProcessChange, commitId: string): PlannedAction {
  const item = encodeProcess(change, commitId);
  return { kind: 'process', key: processKey(change), ...(item ? { item } : { remove: true }) };
}

/** The action as a part of a transaction. */
export function toTransactAction(action: PlannedAction, table: string): TransactAction {
  const { key, item, remove, condition, values } = action;
  if (remove) return { Delete: { TableName: table, Key: toKey(key) } };
  if (condition === undefined) return { Put: { TableName: table, Item: item } };
  const common = {
    TableName: table,
    ConditionExpression: condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ...(values && { ExpressionAttributeValues: values }),
  };
  return item ? { Put: { ...common, Item: item } } : { ConditionCheck: { ...common, Key: toKey(key) } };
}

interface Draft {
  readonly key: ItemKey;
  readonly to: number;
  readonly streamName?: string;
  readonly content: PieceContent;
}

function draftPieces(commit: PreparedCommit, { bases, commitId }: PlanSettings): Draft[] {
  const drafts = commit.appends.flatMap(({ streamName, events }, index) => {
    let from = (bases[index] ?? 0) + 1;
    return chunks(events.map(encodeEvent)).map((part): Draft => {
      const key = { pk: streamKey(streamName), sk: from };
      from += part.length;
      return { key, to: from - 1, streamName, content: { events: part, messages: [] } };
    });
  });
  const messages = commit.messages.map((message) => JSON.stringify(message));
  if (messages.length === 0) return drafts;
  const [first, ...rest] = drafts;
  if (first && bytesOf(messages) + bytesOf(first.content.events) <= PIECE_BYTES) {
    return [{ ...first, content: { ...first.content, messages } }, ...rest];
  }
  const carriers = chunks(messages).map((part, index): Draft => ({
    key: { pk: carrierKey(commitId), sk: index + 1 },
    to: index,
    content: { events: [], messages: part },
  }));
  return [...drafts, ...carriers];
}

function* guards(
  commit: PreparedCommit,
  settings: PlanSettings,
  versions: readonly number[],
): Generator<PlannedAction> {
  const cid = text(settings.commitId);
  if (commit.commitId !== undefined) {
    const key = commitMarkKey(commit.commitId);
    const item = { ...toKey(key), cid, v: text(JSON.stringify(versions)) };
    yield { kind: 'commit-mark', key, item, condition: NEW };
  }
  if (commit.inbox) {
    const key = inboxKey(commit.inbox.consumer, commit.inbox.messageId);
    const item = { ...toKey(key), cid, ...inboxExpiry(commit.recordedAt + settings.inboxRetention) };
    const values = { ':now': number(commit.recordedAt) };
    yield { kind: 'inbox', key, item, condition: INBOX_FREE, values };
  }
  for (const { events, streamName } of commit.appends) {
    for (const { id, ownId } of events) {
      if (!ownId) continue;
      const key = eventIdKey(id);
      yield { kind: 'event-id', key, item: { ...toKey(key), cid }, condition: NEW, streamName, eventId: id };
    }
  }
}

/** A mark that has expired may lie there for days before DynamoDB removes it. */
export const INBOX_FREE = 'attribute_not_exists(pk) OR exp <= :now';

export const inboxExpiry = (expiresAt: number): Item => ({
  exp: number(expiresAt),
  ttl: number(Math.ceil(expiresAt / 1000)),
});

/** Streams that nothing is appended to must still be as expected. */
function* checks({ appends }: PreparedCommit, bases: readonly number[]): Generator<PlannedAction> {
  for (const [index, { streamName, events, expectedVersion }] of appends.entries()) {
    if (events.length > 0 || expectedVersion === 'any') continue;
    const pk = streamKey(streamName);
    const base = bases[index] ?? 0;
    yield expectedVersion === 'streamExists'
      ? { kind: 'check', key: { pk, sk: 1 }, streamName, condition: 'attribute_exists(pk)' }
      : { kind: 'check', key: { pk, sk: base + 1 }, streamName, condition: NEW };
  }
}

/** As many neighbours together as one item holds. */
function chunks(parts: readonly string[]): string[][] {
  const groups: string[][] = [];
  let group: string[] = [];
  let bytes = 0;
  for (const part of parts) {
    const more = jsonBytes(part);
    if (group.length > 0 && bytes + more > PIECE_BYTES) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(part);
    bytes += more;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** With the comma or bracket around it. */
const jsonBytes = (json: string): number => Buffer.byteLength(json) + 2;
const bytesOf = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + jsonBytes(part), 0);

function checkSize(actions: readonly PlannedAction[]): void {
  if (actions.length > TRANSACTION_ACTIONS) {
    throw new CommitTooLargeError(`it needs ${actions.length} items, and a transaction takes ${TRANSACTION_ACTIONS}`);
  }
  let total = 0;
  for (const { item, streamName } of actions) {
    const bytes = item ? itemBytes(item) : 0;
    total += bytes;
    if (bytes > ITEM_BYTES) {
      const of = streamName === undefined ? 'a message' : `an event of stream "${streamName}"`;
      throw new CommitTooLargeError(`${of} takes ${bytes} bytes, and an item holds ${ITEM_BYTES}`);
    }
  }
  if (total > TRANSACTION_BYTES && actions.length > 1) {
    throw new CommitTooLargeError(`it takes ${total} bytes, and a transaction holds ${TRANSACTION_BYTES}`);
  }
}
