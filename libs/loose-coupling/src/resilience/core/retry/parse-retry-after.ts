/** No timer of Node waits longer. */
export const LONGEST_RETRY_AFTER_MS = 2 ** 31 - 1;

const SECONDS = /^[+-]?\d+(\.\d+)?$/;
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
/** The three forms of RFC 9110, 5.6.7. Date.parse takes much more for a date: "busy 5" is in 2001. */
const HTTP_DATES = [
  new RegExp(`^[A-Z][a-z]{2}, \\d{2} ${MONTH} \\d{4} ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT$`),
];
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`);

/**
 * Milliseconds to wait, from a Retry-After field: seconds, or an HTTP date seen from `wallClockNow`. What has passed
 * already is 0, what no timer can wait is {@link LONGEST_RETRY_AFTER_MS}, and what is neither is undefined.
 */
export function parseRetryAfter(value: unknown, wallClockNow: number): number | undefined {
  if (typeof value === 'number') return clampWait(value * 1000);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return clampWait(Number(text) * 1000);
  if (HTTP_DATES.some((form) => form.test(text))) return clampWait(Date.parse(text) - wallClockNow);
  return ASCTIME.test(text) ? clampWait(Date.parse(`${text} GMT`) - wallClockNow) : undefined;
}

/** Undefined when it is no number. */
export function clampWait(milliseconds: number): number | undefined {
  if (Number.isNaN(milliseconds)) return undefined;
  return Math.min(Math.max(0, milliseconds), LONGEST_RETRY_AFTER_MS);
}
