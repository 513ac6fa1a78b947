import {
  undecodable,
  type EventEnvelope,
  type PreparedEvent,
  type PreparedMessage,
} from '../../event-sourcing/runtime.js';
import { number, numberOf, text, textOf } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import { PENDING_SHARD, isCarrier, keyOf, streamOf, type ItemKey } from './keys.js';
import { packed, unpacked } from './packed-json.js';

type StoredEvent = readonly [type: string, schemaVersion: number, id: string, data: unknown, metadata?: object];

/** One item of a commit: consecutive events of one stream, messages, or both. */
export interface CommitPiece {
  readonly key: ItemKey;
  /** Version of the last event; `sk - 1` when it has none. */
  readonly to: number;
  readonly messageCount: number;
  /** All items of the commit, in their order in the feed; only when there are several. */
  readonly siblings?: readonly ItemKey[];
}

/** As JSON, made once: it is measured before it is stored. */
export interface PieceContent {
  readonly events: readonly string[];
  readonly messages: readonly string[];
}

/** What a piece takes in the feed: at least one position, so that every page has a key of its own. */
export const positionsOf = ({ key, to }: CommitPiece): number => Math.max(1, to - key.sk + 1);

export function encodeEvent({ type, schemaVersion, id, data, metadata }: PreparedEvent): string {
  const stored: StoredEvent =
    Object.keys(metadata).length > 0 ? [type, schemaVersion, id, data, metadata] : [type, schemaVersion, id, data];
  return JSON.stringify(stored);
}

export function encodePiece(
  piece: CommitPiece,
  { events, messages }: PieceContent,
  commit: { readonly id: string; readonly recordedAt: number; readonly order: number },
): Item {
  // Not spread together: that takes as long as all the rest of it.
  const item: Item = {
    pk: text(piece.key.pk),
    sk: number(piece.key.sk),
    to: number(piece.to),
    cid: text(commit.id),
    ts: number(commit.recordedAt),
    pend: text(PENDING_SHARD),
    pts: number(commit.order),
  };
  if (events.length > 0) item['e'] = packed(`[${events.join()}]`);
  if (messages.length > 0) {
    item['m'] = packed(`[${messages.join()}]`);
    item['nm'] = number(messages.length);
  }
  if (piece.siblings) item['tx'] = text(JSON.stringify(piece.siblings.map(({ pk, sk }) => [pk, sk])));
  return item;
}

export function decodePiece(item: Item): CommitPiece {
  const key = keyOf(item);
  const siblings = textOf(item, 'tx');
  return {
    key,
    to: numberOf(item, 'to') ?? key.sk - 1,
    messageCount: numberOf(item, 'nm') ?? 0,
    ...(siblings && {
      siblings: (JSON.parse(siblings) as [string, number][]).map(([pk, sk]) => ({ pk, sk })),
    }),
  };
}

/** Attributes that `decodePiece` and the sequencer need. */
export const PIECE_ATTRIBUTES = ['pk', 'sk', 'to', 'nm', 'tx', 'pend', 'pts'] as const;

/**
 * Events of an item, with positions from `position` on; 0 where they have none yet. What is damaged takes its place.
 * @param count how many the feed says there are; default: what the item itself says
 */
export function decodeEvents(
  item: Item,
  position: number = numberOf(item, 'pos') ?? 0,
  count: number | undefined = countOf(item),
): EventEnvelope[] {
  const { pk, sk } = keyOf(item);
  const recordedAt = numberOf(item, 'ts') ?? 0;
  let events: readonly StoredEvent[];
  try {
    events = storedEvents(item, count);
  } catch (error) {
    // An item of a stream has at least one, whatever else is lost.
    return damagedEvents({ pk, sk }, { position, count: count ?? 1, recordedAt }, error);
  }
  const streamName = streamOf(pk);
  return events.map(([type, schemaVersion, id, data, metadata], index) => ({
    id,
    streamName,
    version: sk + index,
    position: position === 0 ? 0 : position + index,
    type,
    schemaVersion,
    data,
    metadata: (metadata ?? {}) as Record<string, unknown>,
    recordedAt,
  }));
}

/** Events of a commit of which only the place is known. */
export function damagedEvents(
  { pk, sk }: ItemKey,
  { position, count, recordedAt }: { readonly position: number; readonly count: number; readonly recordedAt: number },
  error: unknown,
): EventEnvelope[] {
  const streamName = streamOf(pk);
  return Array.from({ length: count }, (_, index) =>
    undecodable(
      { streamName, version: sk + index, position: position === 0 ? 0 : position + index, recordedAt },
      error,
    ),
  );
}

/** Undefined where the item of a stream does not say. */
function countOf(item: Item): number | undefined {
  const { pk, sk } = keyOf(item);
  if (isCarrier(pk)) return 0;
  const to = numberOf(item, 'to');
  return to !== undefined && to >= sk ? to - sk + 1 : undefined;
}

function storedEvents(item: Item, count: number | undefined): readonly StoredEvent[] {
  const stored = unpacked(item, 'e');
  const events = stored === undefined ? [] : (JSON.parse(stored) as unknown);
  if (!Array.isArray(events) || events.length !== (count ?? Math.max(1, events.length))) {
    throw new TypeError(`The item of the commit does not hold the ${count ?? 1} events it is said to.`);
  }
  if (!events.every(isStoredEvent)) throw new TypeError('The item of the commit holds what is no event.');
  return events as StoredEvent[];
}

const isStoredEvent = (event: unknown): boolean =>
  Array.isArray(event) &&
  typeof event[0] === 'string' &&
  typeof event[1] === 'number' &&
  typeof event[2] === 'string' &&
  (event[4] === undefined || (typeof event[4] === 'object' && event[4] !== null));

export function decodeMessages(item: Item): PreparedMessage[] {
  const stored = unpacked(item, 'm');
  return stored === undefined ? [] : (JSON.parse(stored) as PreparedMessage[]);
}

const OVERHEAD_BYTES = 256;

/** About what DynamoDB counts. Never less. */
export function itemBytes(item: Item): number {
  let bytes = OVERHEAD_BYTES;
  for (const name of Object.keys(item)) {
    const value = item[name];
    bytes += name.length + (value?.B?.byteLength ?? Buffer.byteLength(value?.S ?? value?.N ?? ''));
  }
  return bytes;
}
