import { ClosedError, InvalidOptionsError } from '../../../kernel/index.js';
import { BulkheadFullError } from '../../errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../../errors/circuit-open.error.js';
import { OperationTimeoutError } from '../../errors/operation-timeout.error.js';
import { RateLimitedError } from '../../errors/rate-limited.error.js';
import { isRetryableByDefault } from './is-retryable.js';

const timeout = new OperationTimeoutError('calls', 100, 'attempt');
const abort = (options?: ErrorOptions) => Object.assign(new Error('gone', options), { name: 'AbortError' });

describe('isRetryableByDefault', () => {
  it.each<[string, unknown]>([
    ['an open circuit', new CircuitOpenError('calls', 'open', 10)],
    ['a full bulkhead', new BulkheadFullError('calls', 1, 'full')],
    ['a rate limit', new RateLimitedError('calls', 10)],
    ['something closed', new ClosedError('The bus')],
    ['an aborted DOM operation', new DOMException('gone', 'AbortError')],
    ['an aborted Node operation', Object.assign(new Error('gone'), { code: 'ABORT_ERR' })],
    ['a request cancelled in axios', Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' })],
    ['an abort for another cause', abort({ cause: new Error('the user left') })],
    ['an abort because a circuit opened', abort({ cause: new CircuitOpenError('calls', 'open', 10) })],
  ])('does not try %s again', (_, error) => {
    expect(isRetryableByDefault(error)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['our own timeout', timeout],
    ['an abort by our own timeout', abort({ cause: timeout })],
    ['a timeout of the DOM', new DOMException('late', 'TimeoutError')],
    ['another error of ours', new InvalidOptionsError('Options', [])],
    ['an error', new Error('boom')],
    ['a refused connection', Object.assign(new Error('no'), { code: 'ECONNREFUSED' })],
    ['somebody else’s error with a code of ours', Object.assign(new Error('x'), { code: 'LC_CIRCUIT_OPEN' })],
    ['undefined', undefined],
    ['null', null],
    ['text', 'AbortError'],
  ])('tries %s again', (_, error) => {
    expect(isRetryableByDefault(error)).toBe(true);
  });

  it('recognises the errors of another copy of the package', () => {
    const brand = Symbol.for('nestjs-loose-coupling:error');
    expect(isRetryableByDefault({ [brand]: true, code: 'LC_BULKHEAD_FULL' })).toBe(false);
    expect(isRetryableByDefault({ [brand]: true, code: 'LC_OPERATION_TIMEOUT' })).toBe(true);
  });

  it('survives errors that throw when they are looked at', () => {
    const bomb = () => {
      throw new Error('hostile');
    };
    expect(isRetryableByDefault(new Proxy({}, { get: bomb, has: bomb }))).toBe(true);
    expect(isRetryableByDefault({ name: 'AbortError', cause: new Proxy({}, { get: bomb, has: bomb }) })).toBe(false);
  });
});
