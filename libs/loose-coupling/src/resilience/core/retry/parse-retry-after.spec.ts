import { clampWait, LONGEST_RETRY_AFTER_MS, parseRetryAfter } from './parse-retry-after.js';

/** RFC 9110's own example, ten seconds before it. */
const NOW = Date.UTC(1994, 10, 6, 8, 49, 27);

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7\t', 7000],
    ['1.5', 1500],
    ['+3', 3000],
    ['-5', 0],
    [2, 2000],
    [-1, 0],
    [0.25, 250],
  ])('reads %p as seconds', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Wednesday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    ' Sun, 06 Nov 1994 08:49:37 GMT ',
  ])('reads %p as a date', (value) => {
    expect(parseRetryAfter(value, NOW)).toBe(10_000);
  });

  it('reads an asctime date of two digits, in GMT wherever we are', () => {
    expect(parseRetryAfter('Wed Nov 16 08:49:27 1994', NOW)).toBe(10 * 86_400_000);
  });

  it.each(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])('knows %s', (month) => {
    expect(parseRetryAfter(`Mon, 01 ${month} 1990 00:00:00 GMT`, NOW)).toBe(0);
    expect(parseRetryAfter(`Mon ${month}  1 00:00:00 1990`, NOW)).toBe(0);
  });

  it('answers 0 for what has passed', () => {
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:26 GMT', NOW)).toBe(0);
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:28 GMT', NOW)).toBe(1000);
  });

  it.each([
    '',
    ' ',
    'soon',
    'busy 5',
    '5 seconds',
    '1e3',
    '0x10',
    '1.',
    '.5',
    '--5',
    'Infinity',
    'NaN',
    '2024-01-01T00:00:00Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'x Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT x',
    'x Sunday, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT x',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'x Sun Nov  6 08:49:37 1994',
    'Sun Nov  6 08:49:37 1994 x',
    'Sun Nov 6 08:49:37 1994',
    'Sun, 46 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 28:49:37 GMT',
    'Sun Nov 46 08:49:37 1994',
    Number.NaN,
    undefined,
    null,
    true,
    {},
    ['5'],
    10n,
    new Date(NOW),
  ])('makes nothing of %p', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  it('is capped at what a timer can wait', () => {
    expect(LONGEST_RETRY_AFTER_MS).toBe(2_147_483_647);
    for (const value of ['99999999999', '9'.repeat(400), Infinity, 2_147_483.648, 'Fri, 31 Dec 9999 23:59:59 GMT']) {
      expect(parseRetryAfter(value, NOW)).toBe(LONGEST_RETRY_AFTER_MS);
    }
    expect(parseRetryAfter('2147483', NOW)).toBe(2_147_483_000);
  });
});

describe('clampWait', () => {
  it('brings a wait within what can be waited', () => {
    expect([-1, 0, 5.5, LONGEST_RETRY_AFTER_MS + 1, Infinity, Number.NaN].map(clampWait)).toEqual([
      0,
      0,
      5.5,
      LONGEST_RETRY_AFTER_MS,
      LONGEST_RETRY_AFTER_MS,
      undefined,
    ]);
  });
});
