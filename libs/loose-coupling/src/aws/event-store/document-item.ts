import { createHash } from 'node:crypto';
import type { DocumentChange, DocumentLists, StoredDocument } from '../../event-sourcing/runtime.js';
import { parseUntrustedJson } from '../../kernel/index.js';
import { number, numberOf, text, textOf } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import { toKey, type ItemKey } from './keys.js';

/** Documents of a collection are spread over so many partitions. */
export const DOCUMENT_SHARDS = 64;

export const documentShard = (collection: string, shard: number): string => `R#${shard}#${collection}`;

/** Sort keys are numbers, so a document lies under the hash of its key: the collection can be walked through without an index. */
export function documentKey(collection: string, key: string): ItemKey {
  const hash = createHash('sha256').update(key).digest();
  // 53 bits: what a number holds exactly.
  const sk = (hash.readUInt32BE(4) & 0x1fffff) * 2 ** 32 + hash.readUInt32BE(8);
  return { pk: documentShard(collection, hash.readUInt8(0) % DOCUMENT_SHARDS), sk };
}

export const encodeDocument = ({ collection, key, value, lists, before }: DocumentChange): Item => ({
  ...toKey(documentKey(collection, key)),
  k: text(key),
  d: text(JSON.stringify(value)),
  l: text(JSON.stringify(lists)),
  rev: number((before?.revision ?? 0) + 1),
});

/** @throws {Error} when another key has the same hash, which is not to be expected of less than a billion documents */
export function decodeDocument(item: Item, key: string): StoredDocument {
  if (textOf(item, 'k') !== key) {
    throw new Error(`The documents "${key}" and "${textOf(item, 'k')}" have the same hash; give one another key.`);
  }
  return {
    key,
    value: parseUntrustedJson(textOf(item, 'd') ?? 'null'),
    revision: numberOf(item, 'rev') ?? 0,
    lists: JSON.parse(textOf(item, 'l') ?? '{}') as DocumentLists,
  };
}

export const listKey = (collection: string, list: string): string => `Y#${JSON.stringify([collection, list])}`;

/** The place, and behind the point a part of the key's hash: documents of one place stand side by side. */
export function placeInList(place: number, key: string): string {
  const hash = createHash('sha256').update(key).digest().readUIntBE(0, 6);
  const fraction = String(hash).padStart(15, '0');
  // Below zero the fraction counts away from it, which keeps the places apart all the same.
  return `${place}.${fraction}`;
}
