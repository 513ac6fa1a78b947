/** What can be stored. Store booleans as 0 and 1, dates as epoch milliseconds, everything else as JSON text. */
export type SqliteValue = string | number | bigint | null;

/**
 * The driver aborts the process on types it does not know, stores NaN as NULL, and cuts text at a NUL character when
 * it reads, so each value is checked before it gets there.
 * @throws {TypeError} for a value that would not come back as it was given
 */
export function assertBindable(values: readonly unknown[], sql: string): asserts values is readonly SqliteValue[] {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    switch (typeof value) {
      case 'string':
        if (value.includes('\0')) refuse(index, 'text with a NUL character', sql);
        break;
      case 'number':
        if (!Number.isFinite(value)) refuse(index, String(value), sql);
        break;
      case 'bigint':
        break;
      default:
        if (value !== null) refuse(index, describe(value), sql);
    }
  }
}

function refuse(index: number, came: string, sql: string): never {
  throw new TypeError(
    `Parameter ${index + 1} of "${sql}" is ${came}; expected text without NUL characters, a finite number, a bigint or null.`,
  );
}

function describe(value: unknown): string {
  if (typeof value !== 'object') return typeof value;
  return `an instance of ${(value as object).constructor?.name ?? 'Object'}`;
}
