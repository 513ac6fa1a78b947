/** FNV-1a of 32 bits: spreads names evenly and is the same everywhere. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The partition of a stream, from 0. */
export const partitionOf = (streamName: string, partitions: number): number => hashOf(streamName) % partitions;

/** The checkpoint of each partition; its own name where there is one. */
export const checkpointNames = (name: string, partitions: number): string[] =>
  partitions === 1 ? [name] : Array.from({ length: partitions }, (_, index) => `${name}/${index + 1}-of-${partitions}`);
