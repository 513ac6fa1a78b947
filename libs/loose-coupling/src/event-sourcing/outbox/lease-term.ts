/**
 * Whether a lease counts at `now`. One that has more than its whole duration left was taken before the wall clock was
 * set back, and would otherwise stand for as long as the step. All in milliseconds.
 */
export const isInForce = (expiresAt: number, now: number, duration: number): boolean =>
  expiresAt > now && expiresAt - now <= duration;
