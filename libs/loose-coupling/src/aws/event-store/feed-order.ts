import type { CommitPiece } from './commit-item.js';
import { isCarrier, keyText, type ItemKey } from './keys.js';

/** Most items on one page: far below what an item holds, even with the longest names. */
const MOST_ENTRIES = 400;
const MOST_BYTES = 300 * 1024;
const MOST_STREAMS_REMEMBERED = 10_000;

export interface PendingLookup {
  check(keys: readonly ItemKey[]): Promise<CommitPiece[]>;
  before(key: ItemKey): Promise<CommitPiece | undefined>;
}

/** Up to which version streams are known to be in the feed. */
export class SequencedStreams {
  private readonly versions = new Map<string, number>();

  isReached({ pk, sk }: ItemKey): boolean {
    return sk === 1 || isCarrier(pk) || this.versions.get(pk) === sk - 1;
  }

  note({ key, to }: CommitPiece): void {
    if (isCarrier(key.pk)) return;
    this.versions.delete(key.pk);
    this.versions.set(key.pk, to);
    const [oldest] = this.versions.keys();
    if (this.versions.size > MOST_STREAMS_REMEMBERED && oldest !== undefined) this.versions.delete(oldest);
  }

  clear(): void {
    this.versions.clear();
  }
}

/**
 * Puts pending commits into an order that keeps each stream's: what the index does not list yet but comes before is
 * fetched, and the items of one commit stay together. Stops when a page is full.
 */
export class FeedOrder {
  private readonly placed: CommitPiece[] = [];
  private readonly seen = new Set<string>();
  private readonly candidates: Map<string, CommitPiece>;
  private readonly byEnd: Map<string, CommitPiece>;
  private bytes = 0;

  constructor(
    candidates: readonly CommitPiece[],
    private readonly pending: PendingLookup,
    private readonly sequenced: SequencedStreams,
  ) {
    this.candidates = new Map(candidates.map((piece) => [keyText(piece.key), piece]));
    this.byEnd = new Map(candidates.map((piece) => [endOf(piece.key.pk, piece.to), piece]));
  }

  async arrange(): Promise<readonly CommitPiece[]> {
    for (const piece of this.candidates.values()) {
      if (this.isFull) break;
      await this.place(piece);
    }
    return this.placed;
  }

  private get isFull(): boolean {
    return this.placed.length >= MOST_ENTRIES || this.bytes >= MOST_BYTES;
  }

  /** Iterative, as a stream may have thousands of commits that the index does not list yet. */
  private async place(wanted: CommitPiece): Promise<void> {
    const stack: CommitPiece[] = [wanted];
    for (let top = stack.at(-1); top && !this.isFull; top = stack.at(-1)) {
      if (this.seen.has(keyText(top.key))) {
        stack.pop();
        continue;
      }
      const unit = await this.unitOf(top);
      const first = await this.missingBefore(unit);
      if (first) {
        stack.push(first);
        continue;
      }
      stack.pop();
      for (const piece of unit) this.add(piece);
    }
  }

  private async unitOf(piece: CommitPiece): Promise<readonly CommitPiece[]> {
    const { siblings } = piece;
    if (!siblings) return [piece];
    const missing = siblings.filter((key) => !this.candidates.has(keyText(key)));
    for (const found of await this.pending.check(missing)) this.candidates.set(keyText(found.key), found);
    return siblings.flatMap((key) => this.candidates.get(keyText(key)) ?? []);
  }

  private async missingBefore(unit: readonly CommitPiece[]): Promise<CommitPiece | undefined> {
    const own = new Set(unit.map(({ key, to }) => endOf(key.pk, to)));
    for (const { key } of unit) {
      const end = endOf(key.pk, key.sk - 1);
      if (own.has(end) || this.sequenced.isReached(key)) continue;
      const before = this.byEnd.get(end);
      if (before && this.seen.has(keyText(before.key))) continue;
      const found = before ?? (await this.pending.before(key));
      if (!found) continue;
      this.byEnd.set(end, found);
      return found;
    }
    return undefined;
  }

  private add(piece: CommitPiece): void {
    this.seen.add(keyText(piece.key));
    this.placed.push(piece);
    this.bytes += piece.key.pk.length + 32;
  }
}

const endOf = (pk: string, to: number): string => `${to} ${pk}`;
