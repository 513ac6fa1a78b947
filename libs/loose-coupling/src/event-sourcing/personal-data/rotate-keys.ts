import type { DataKeys } from './data-keys.js';

export interface RotationProgress {
  /** Keys that were wrapped anew. */
  readonly rewrapped: number;
  /** Keys that were looked at. */
  readonly seen: number;
}

export interface RotationOptions {
  /** Called after each key; what it returns is awaited. */
  readonly onProgress?: (progress: RotationProgress) => Promise<void> | void;
  /** Ends the rotation between two keys. */
  readonly signal?: AbortSignal;
}

/** Goes through all keys; those that are forgotten meanwhile stay so. */
export async function rotateKeys(keys: DataKeys, options: RotationOptions = {}): Promise<RotationProgress> {
  let progress: RotationProgress = { rewrapped: 0, seen: 0 };
  for await (const name of keys.names()) {
    if (options.signal?.aborted) break;
    const rewrapped = await keys.rewrap(name);
    progress = { rewrapped: progress.rewrapped + (rewrapped ? 1 : 0), seen: progress.seen + 1 };
    await options.onProgress?.(progress);
  }
  return progress;
}
