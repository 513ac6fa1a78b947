/** @throws {RangeError} unless it is a whole number from `least`, or Infinity */
export function checkBound(value: number, name: string, least: number): void {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= least)) return;
  throw new RangeError(`${name} must be a whole number from ${least}, or Infinity; got ${String(value)}.`);
}

/** @throws {RangeError} unless it is a position of the feed, or 0 */
export function checkPosition(value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`afterPosition must be a whole number from 0; got ${String(value)}.`);
}
