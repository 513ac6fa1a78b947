import { InvalidRequestException } from '@shop/http';

const LONGEST = 255;

/**
 * The key without the quotes of a structured header.
 * @throws {InvalidRequestException} when it is empty, too long or not printable ASCII
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (key.length > LONGEST || !/^[\x20-\x7e]+$/.test(key)) {
    throw new InvalidRequestException([
      { pointer: '/headers/Idempotency-Key', detail: `must be 1 to ${LONGEST} printable ASCII characters` },
    ]);
  }
  return key;
}
