import { OperationTimeoutError } from '../../errors/operation-timeout.error.js';
import { isOverload } from './is-overload.js';

const error = (properties: object): Error => Object.assign(new Error('x'), properties);

describe('isOverload', () => {
  it.each([
    new OperationTimeoutError('stock', 100, 'attempt'),
    error({ code: 'ETIMEDOUT' }),
    error({ status: 503 }),
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
    error({ cause: { code: 'ENOENT' } }),
    'text',
    undefined,
    null,
  ])('takes %p for an answer like any other', (answer) => {
    expect(isOverload(answer)).toBe(false);
  });

  it('takes what cannot be read for nothing', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(isOverload(hostile)).toBe(false);
  });
});
