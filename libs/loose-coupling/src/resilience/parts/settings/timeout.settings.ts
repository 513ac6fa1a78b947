import type { TimeoutOptions } from '../../options/policy-options.js';

/** Milliseconds; `undefined` means no limit. */
export interface TimeoutSettings {
  readonly attempt: number | undefined;
  readonly total: number | undefined;
}

export function timeoutSettings(options: TimeoutOptions): TimeoutSettings {
  return typeof options === 'number'
    ? { attempt: options, total: undefined }
    : { attempt: options.attempt, total: options.total };
}
