import { number, numberOf, text, textOf } from './attributes.js';
import { positionsOf, type CommitPiece } from './commit-item.js';
import type { Item } from './dynamodb-api.js';
import { FEED, toKey, type ItemKey } from './keys.js';

/** Where an item of a commit stands in the feed. */
export interface FeedEntry {
  readonly key: ItemKey;
  /** Of its first event. */
  readonly position: number;
  readonly positions: number;
  /** Number of its first message, from 1. */
  readonly messageNumber: number;
  readonly messageCount: number;
}

/** A stretch of the feed. Never changed once written; the next page begins right after it. */
export interface FeedPage {
  readonly from: number;
  readonly to: number;
  /** Number of the last message up to the end of this page. */
  readonly messages: number;
  readonly entries: readonly FeedEntry[];
}

type StoredEntry = readonly [pk: string, sk: number, positions: number, messages: number];

/** Gives pieces their places after the end of the feed. */
export function layOutPage(tail: Pick<FeedPage, 'to' | 'messages'>, pieces: readonly CommitPiece[]): FeedPage {
  let position = tail.to + 1;
  let messages = tail.messages;
  const entries = pieces.map((piece): FeedEntry => {
    const positions = positionsOf(piece);
    const { key, messageCount } = piece;
    const entry = { key, position, positions, messageNumber: messages + 1, messageCount };
    position += positions;
    messages += messageCount;
    return entry;
  });
  return { from: tail.to + 1, to: position - 1, messages, entries };
}

export const encodePage = (page: FeedPage, writer: string): Item => ({
  ...toKey({ pk: FEED, sk: page.from }),
  to: number(page.to),
  mt: number(page.messages),
  cid: text(writer),
  e: text(
    JSON.stringify(
      page.entries.map(({ key, positions, messageCount }): StoredEntry => [key.pk, key.sk, positions, messageCount]),
    ),
  ),
});

export function decodePage(item: Item): FeedPage {
  const from = numberOf(item, 'sk') ?? 1;
  const messages = numberOf(item, 'mt') ?? 0;
  const stored = JSON.parse(textOf(item, 'e') ?? '[]') as StoredEntry[];
  let position = from;
  let messageNumber = messages - stored.reduce((sum, [, , , count]) => sum + count, 0) + 1;
  const entries = stored.map(([pk, sk, positions, messageCount]): FeedEntry => {
    const entry = { key: { pk, sk }, position, positions, messageNumber, messageCount };
    position += positions;
    messageNumber += messageCount;
    return entry;
  });
  return { from, to: numberOf(item, 'to') ?? position - 1, messages, entries };
}
