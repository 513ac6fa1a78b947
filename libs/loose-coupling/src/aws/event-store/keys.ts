import { partitionOf, type ProcessKey } from '../../event-sourcing/runtime.js';
import { number, numberOf, text, textOf } from './attributes.js';
import type { Item } from './dynamodb-api.js';

/** Name of the sparse index of commits that are not in the feed yet. */
export const PENDING_INDEX = 'pending';
/** All commits go to one feed, so that its order is total. */
export const PENDING_SHARD = 'P#0';
export const FEED = 'F#0';

export interface ItemKey {
  readonly pk: string;
  readonly sk: number;
}

export const keyText = ({ pk, sk }: ItemKey): string => `${sk} ${pk}`;
export const toKey = ({ pk, sk }: ItemKey): Item => ({ pk: text(pk), sk: number(sk) });
export const keyOf = (item: Item): ItemKey => ({ pk: textOf(item, 'pk') ?? '', sk: numberOf(item, 'sk') ?? 0 });

const STREAM = 'S#';
const CARRIER = 'M#';

export const streamKey = (streamName: string): string => `${STREAM}${streamName}`;
export const streamOf = (pk: string): string => pk.slice(STREAM.length);
/** Where the messages of a commit lie that has no events, or no room beside them. */
export const carrierKey = (commitId: string): string => `${CARRIER}${commitId}`;
export const isCarrier = (pk: string): boolean => pk.startsWith(CARRIER);

export const snapshotPartition = (streamName: string): string => `N#${streamName}`;
export const snapshotKey = (streamName: string, revision: number): ItemKey => ({
  pk: snapshotPartition(streamName),
  sk: revision,
});

/** Marks and leases have one item each. */
export const inboxKey = (consumer: string, messageId: string): ItemKey => ({
  // JSON keeps the two parts apart, whatever they hold.
  pk: `I#${JSON.stringify([consumer, messageId])}`,
  sk: 0,
});
export const commitMarkKey = (commitId: string): ItemKey => ({ pk: `X#${commitId}`, sk: 0 });
export const eventIdKey = (eventId: string): ItemKey => ({ pk: `E#${eventId}`, sk: 0 });
/** An open instance of a process manager has one item, which the sparse index lists by its next deadline. */
export const processKey = ({ manager, id }: ProcessKey): ItemKey => ({
  pk: `W#${JSON.stringify([manager, id])}`,
  sk: 0,
});
/** One partition of the index takes a thousand writes a second. */
const PROCESS_SHARDS = 4;
/** Where the index lists an instance, and where it lists all of a manager. */
export const processShard = ({ manager, id }: ProcessKey): string => `D#${manager}#${partitionOf(id, PROCESS_SHARDS)}`;
export const processShards = (manager: string): string[] =>
  Array.from({ length: PROCESS_SHARDS }, (_, shard) => `D#${manager}#${shard}`);
export const SEQUENCER_LEASE: ItemKey = { pk: 'L#sequencer', sk: 0 };
export const OUTBOX_STATE: ItemKey = { pk: 'O#state', sk: 0 };
export const PARKED = 'O#parked';

export const checkpointKey = (name: string): ItemKey => ({ pk: `C#${name}`, sk: 0 });
/** Events parked under a checkpoint lie together, each under its position. */
export const parkedEvents = (name: string): string => `Q#${name}`;
export const DATA_KEY = 'K#';
/** Of the person that personal data is about. */
export const dataKeyKey = (subject: string): ItemKey => ({ pk: `${DATA_KEY}${subject}`, sk: 0 });
