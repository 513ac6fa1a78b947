import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { text } from './attributes.js';
import type { Item } from './dynamodb-api.js';

/** From here on compressing costs less than the capacity it saves. */
const COMPRESS_FROM_BYTES = 8 * 1024;

/** JSON as an attribute. */
export function packed(json: string): Item[string] {
  if (json.length < COMPRESS_FROM_BYTES) return text(json);
  return { B: deflateRawSync(json, { level: 1 }) };
}

export function unpacked(item: Item, name: string): string | undefined {
  const value = item[name];
  if (value?.B) return inflateRawSync(value.B).toString('utf8');
  return value?.S;
}
