import { text, textOf } from './attributes.js';
import { decodePiece, PIECE_ATTRIBUTES, type CommitPiece } from './commit-item.js';
import type { EventItems } from './event-items.js';
import { isCarrier, keyOf, keyText, PENDING_INDEX, PENDING_SHARD, type ItemKey } from './keys.js';

/** Most commits looked at in one round. */
const MOST = 400;

/** Commits that are not in the feed yet. */
export class PendingCommits {
  constructor(private readonly items: EventItems) {}

  /** What the index lists. It lags behind, so each is looked at itself: it may be in the feed already. */
  async listed(): Promise<CommitPiece[]> {
    const { Items = [] } = await this.items.api.query({
      TableName: this.items.table,
      IndexName: PENDING_INDEX,
      KeyConditionExpression: 'pend = :shard',
      ExpressionAttributeValues: { ':shard': text(PENDING_SHARD) },
      Limit: MOST,
    });
    return this.check(Items.map(keyOf));
  }

  /** Those of the given that are pending, in their order. */
  async check(keys: readonly ItemKey[]): Promise<CommitPiece[]> {
    if (keys.length === 0) return [];
    const found = await this.items.getAll(keys, PIECE_ATTRIBUTES);
    return keys.flatMap((key) => {
      const item = found.get(keyText(key));
      return item && textOf(item, 'pend') !== undefined ? [decodePiece(item)] : [];
    });
  }

  /** The commit right before one of the same stream, if that is pending. */
  async before({ pk, sk }: ItemKey): Promise<CommitPiece | undefined> {
    if (sk === 1 || isCarrier(pk)) return undefined;
    const item = await this.items.lastOf(pk, sk - 1, PIECE_ATTRIBUTES);
    return item && textOf(item, 'pend') !== undefined ? decodePiece(item) : undefined;
  }
}
