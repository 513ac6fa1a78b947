import { createHash } from 'node:crypto';
import type { StoredName } from './upcaster.js';

/**
 * Id of what one stored event was split into: the same in every process, so that who remembers ids knows it again.
 * A version 8 UUID of RFC 9562, from a digest of the id, the step and the place:
 * the first part keeps the id, and may be split again.
 */
export function idOfPart(id: string, step: StoredName, part: number): string {
  const bytes = createHash('sha256').update(`${id}/${step.type}@${step.version}/${part}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
