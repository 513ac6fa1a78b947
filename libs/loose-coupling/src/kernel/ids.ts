import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;
let lastTime = 0;
let sequence = 0;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex = (byte: number): string => HEX[byte & 0xff] as string;

function randomBytes(count: number): number {
  if (used + count > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += count;
  return start;
}

/**
 * A UUID of version 7 (RFC 9562): ids made by one process sort in the order they were made,
 * also within one millisecond and when the clock steps back (method 1, a 12-bit counter).
 */
export function uuidv7(now: number = Date.now()): string {
  const at = randomBytes(10);
  if (now > lastTime) {
    lastTime = now;
    sequence = ((pool[at + 8] as number) << 8) | (pool[at + 9] as number);
    sequence &= 0x7ff; // leaves room to count up
  } else if (++sequence > 0xfff) {
    sequence = 0;
    lastTime += 1;
  }
  const high = Math.floor(lastTime / 0x1_0000_0000);
  const low = lastTime >>> 0;
  const byte = (index: number) => pool[at + index] as number;
  return (
    hex(high >> 8) +
    hex(high) +
    hex(low >>> 24) +
    hex(low >>> 16) +
    '-' +
    hex(low >>> 8) +
    hex(low) +
    '-' +
    hex(0x70 | (sequence >> 8)) +
    hex(sequence) +
    '-' +
    hex(0x80 | (byte(0) & 0x3f)) +
    hex(byte(1)) +
    '-' +
    hex(byte(2)) +
    hex(byte(3)) +
    hex(byte(4)) +
    hex(byte(5)) +
    hex(byte(6)) +
    hex(byte(7))
  );
}
