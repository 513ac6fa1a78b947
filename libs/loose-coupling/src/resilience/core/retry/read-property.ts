/** Reads a property of something that others made: undefined when there is none, or when reading it throws. */
export function readProperty(target: unknown, key: string): unknown {
  if (typeof target !== 'object' || target === null) return undefined;
  try {
    return (target as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
