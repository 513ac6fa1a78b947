import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { LiveRetry } from './live-retry.js';

const part = (options: ConstructorParameters<typeof LiveRetry>[1]) =>
  new LiveRetry('policy', options, () => 0.5).part();

describe('the retries of a policy', () => {
  it('never tries our own refusals again, whatever retryIf says', () => {
    const { isRetryable } = part({ retryIf: () => true });
    expect(isRetryable(new CircuitOpenError('inner', 'open', 5), 1, true)).toBe(false);
    expect(isRetryable(new BulkheadFullError('inner', 1, 'full'), 1, true)).toBe(false);
    expect(isRetryable(new Error('away'), 1, true)).toBe(true);
  });

  it('asks retryIf with the attempt that failed, also about an abort of the work itself', () => {
    const { isRetryable } = part({ retryIf: (_error, attempt) => attempt < 2 });
    const abort = new DOMException('', 'AbortError');
    expect([isRetryable(abort, 1, true), isRetryable(abort, 2, true), part({}).isRetryable(abort, 1, true)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('takes a retryIf that throws for a no, so that the caller gets the error of the work', () => {
    const { isRetryable } = part({
      retryIf: () => {
        throw new Error('broken');
      },
    });
    expect(isRetryable(new Error('away'), 1, true)).toBe(false);
  });

  it('never runs work twice that may run only once and has given a result', () => {
    const retryIfResult = () => true;
    expect(part({ retryIfResult }).retryIfResult?.('bad', 1)).toBe(true);
    expect(part({ idempotent: false, retryIfResult }).retryIfResult).toBeUndefined();
  });

  it('takes a retryIfResult that throws for a no, so that the caller gets the result', () => {
    const { retryIfResult } = part({
      retryIfResult: () => {
        throw new Error('broken');
      },
    });
    expect(retryIfResult?.('good', 1)).toBe(false);
  });

  it('tries again what may run only once when it is known not to have started', () => {
    const { isRetryable } = part({ idempotent: false, retryIf: () => true });
    expect(isRetryable(new Error('away'), 1, true)).toBe(false);
    expect(isRetryable(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 1, true)).toBe(true);
    expect(isRetryable(new Error('away'), 1, false)).toBe(true);
  });

  it('keeps what was spent of the budget when options change, and has none when that is switched off', () => {
    const live = new LiveRetry('policy', { budget: { ratio: 0, minPerSecond: 0.1, window: 10_000 } }, () => 0.5);
    const { budget } = live.part();
    expect([budget?.tryWithdraw(0), budget?.tryWithdraw(0)]).toEqual([true, false]);
    live.configure({ maxAttempts: 9, budget: { ratio: 0, minPerSecond: 0.1, window: 10_000 } });
    expect(live.part()).toMatchObject({ maxAttempts: 9, budget });
    expect(live.part().budget?.tryWithdraw(0)).toBe(false);
    live.configure({ budget: false });
    expect(live.part().budget).toBeUndefined();
  });
});
