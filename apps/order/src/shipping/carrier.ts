import { createHash } from 'node:crypto';

/** Most that one van takes. */
const VAN_UNITS = 1_000;

/**
 * Takes parcels away. Here it is in the process; a carrier elsewhere would be asked by `service` steps instead. Whatever it is asked
 * for twice with one key it gives once: slots and labels are named after the key.
 */
export class Carrier {
  reserveSlot(key: string): string {
    return `slot-${nameOf(key)}`;
  }

  /** Resolves to the slot that is free again. */
  releaseSlot(slot: string): string {
    return slot;
  }

  printLabel(key: string): string {
    return `label-${nameOf(key)}`;
  }

  /** Resolves to the label that nobody may use any more. */
  voidLabel(label: string): string {
    return label;
  }

  /** @throws {VanTooSmallError} which is found out at the van */
  handOver(slot: string, units: number): string {
    if (units > VAN_UNITS) throw new VanTooSmallError(units);
    return slot;
  }
}

export class VanTooSmallError extends Error {
  constructor(units: number) {
    super(`A van takes ${VAN_UNITS} units, and these are ${units}.`);
    this.name = 'VanTooSmallError';
  }
}

const nameOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 12);
