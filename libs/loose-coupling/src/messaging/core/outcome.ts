/** What becomes of a message after its handler ran. */
export type Outcome =
  /** Done: delete it. */
  | { readonly action: 'acknowledge' }
  /** Hand it out again after `delay` milliseconds. */
  | { readonly action: 'retry'; readonly delay: number; readonly error: unknown }
  /** Hand it back as if it had never run: another one must be handled before it. */
  | { readonly action: 'release' }
  /** Give it up, with the reason. */
  | { readonly action: 'deadLetter'; readonly error: unknown; readonly handler?: string };

export const ACKNOWLEDGE: Outcome = { action: 'acknowledge' };
