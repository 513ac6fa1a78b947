import { createHash } from 'node:crypto';

/** Pseudo-random numbers that a seed repeats: hashes of the seed and a counter. */
export function createRandom(seed) {
  let count = 0;
  const next = () => createHash('sha256').update(`${seed}/${count++}`).digest().readUInt32BE() / 2 ** 32;
  return {
    next,
    /** A whole number from `low` to `high`, both included. */
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => items[Math.floor(next() * items.length)],
  };
}
