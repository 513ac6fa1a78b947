import { CircuitOpenError } from '../../errors/circuit-open.error.js';
import { RateLimitedError } from '../../errors/rate-limited.error.js';
import { LONGEST_RETRY_AFTER_MS } from './parse-retry-after.js';
import { retryAfterOf } from './retry-after-of.js';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 27);
const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';
const bomb = () => {
  throw new Error('hostile');
};

describe('retryAfterOf', () => {
  it.each<[string, unknown, number | undefined]>([
    ['our own errors', new RateLimitedError('calls', 250), 250],
    ['our errors that do not know', new CircuitOpenError('calls', 'forced-open', undefined), undefined],
    ['retryAfterMs', { retryAfterMs: 70.5 }, 70.5],
    ['retryAfterMs below 0', { retryAfterMs: -3 }, 0],
    ['headers of the error', { headers: { 'retry-after': '3' } }, 3000],
    ['headers as they were written', { headers: { 'Retry-After': DATE } }, 10_000],
    ['several values of a header', { headers: { 'retry-after': ['4', '9'] } }, 4000],
    ['Headers', { headers: new Headers({ 'Retry-After': '5' }) }, 5000],
    ['the response of axios and got', { response: { headers: { 'retry-after': 6 } } }, 6000],
    ['the Headers of a response', { response: { headers: new Headers({ 'retry-after': DATE }) } }, 10_000],
    ['the response of the AWS SDK', { $response: { headers: { 'retry-after': '8' } } }, 8000],
    ['nothing', new Error('plain'), undefined],
    ['headers without it', { headers: {}, response: { headers: new Headers() } }, undefined],
    ['garbage', { retryAfterMs: '5', headers: { 'retry-after': 'soon' } }, undefined],
  ])('looks at %s', (_, error, expected) => {
    expect(retryAfterOf(error, NOW)).toBe(expected);
  });

  it('prefers what the error says itself, then its own headers', () => {
    const response = { headers: { 'retry-after': '3' } };
    const headers = { 'retry-after': '2' };
    expect(retryAfterOf({ retryAfterMs: 1, headers, response }, NOW)).toBe(1);
    expect(retryAfterOf({ retryAfterMs: 0, headers, response }, NOW)).toBe(0);
    expect(retryAfterOf({ retryAfterMs: Number.NaN, headers, response }, NOW)).toBe(2000);
    expect(retryAfterOf({ headers: { 'retry-after': 'soon' }, response }, NOW)).toBe(3000);
    expect(retryAfterOf({ response, $response: { headers } }, NOW)).toBe(3000);
  });

  it('is capped', () => {
    expect(retryAfterOf({ retryAfterMs: 1e12 }, NOW)).toBe(LONGEST_RETRY_AFTER_MS);
  });

  it.each([undefined, null, 5, 'retry-after', true, Symbol('s'), () => 5])('makes nothing of %p', (error) => {
    expect(retryAfterOf(error, NOW)).toBeUndefined();
  });

  it('asks a Headers as its own', () => {
    const headers = {
      value: '9',
      get(name: string) {
        return name === 'retry-after' ? this.value : undefined;
      },
    };
    expect(retryAfterOf({ headers }, NOW)).toBe(9000);
  });

  it('survives errors that throw when they are looked at', () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const hostile: unknown[] = [
      new Proxy({}, { get: bomb, has: bomb, getPrototypeOf: bomb }),
      { headers: { get: bomb } },
      { headers: { 'retry-after': proxy } },
      { response: proxy },
      proxy,
    ];
    for (const error of hostile) expect(retryAfterOf(error, NOW)).toBeUndefined();
  });

  it('looks on where one property throws', () => {
    const error = { headers: { 'retry-after': '1' } };
    Object.defineProperty(error, 'retryAfterMs', { get: bomb });
    expect(retryAfterOf(error, NOW)).toBe(1000);
  });
});
