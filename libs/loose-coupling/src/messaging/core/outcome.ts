/** What becomes of a message after its handler ran. */
export type Outcome =
  /** Done: delete it. */
  | { readonly action: 'acknowledge' }
  /** Hand it out again after `delay` milliseconds. */
  | { readonly action: 'retry'; readonly delay: number; readonly error: unknown }
  /** Give it up, with the reason. */
  | { readonly action: 'deadLetter'; readonly error: unknown; readonly handler?: string };

export const ACKNOWLEDGE: Outcome = { action: 'acknowledge' };
