import { OperationTimeoutError } from '../../errors/operation-timeout.error.js';
import { isOverload } from './is-overload.js';

const error = (properties: object): Error => Object.assign(new Error('x'), properties);

describe('isOverload', () => {
  it.each([
    new OperationTimeoutError('stock', 100, 'attempt'),
    error({ code: 'ETIMEDOUT' }),
    error({ code: 'ECONNABORTED' }),
    error({ cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } }),
    new DOMException('late', 'TimeoutError'),
    error({ status: 503 }),
    error({ statusCode: 429 }),
    error({ response: { status: 429 } }),
    error({ $metadata: { httpStatusCode: 503 } }),
    error({ name: 'ThrottlingException' }),
    error({ cause: { code: 'ECONNRESET' } }),
  ])('takes %p for a sign of load', (sign) => {
    expect(isOverload(sign)).toBe(true);
  });

  it.each([
    error({ status: 404 }),
    new TypeError('bug'),
    new DOMException('gone', 'AbortError'),
    error({ name: 'NotATimeoutError' }),
    error({ name: 'TimeoutErrorOfOurs' }),
    error({ cause: undefined }),
    {},
    error({ cause: { code: 'ENOENT' } }),
    'text',
    undefined,
    null,
  ])('takes %p for an answer like any other', (answer) => {
    expect(isOverload(answer)).toBe(false);
  });

  it('takes what cannot be read for nothing', () => {
    const bomb = () => {
      throw new Error('hostile');
    };
    expect(isOverload(new Proxy({}, { get: bomb, has: bomb }))).toBe(false);
    expect(isOverload({ name: { toString: bomb } })).toBe(false);
    expect(isOverload({ name: Object.create(null) })).toBe(false);
  });
});
