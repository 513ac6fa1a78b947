import { ClosedError } from '../../kernel/index.js';
import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { RateLimitedError } from '../errors/rate-limited.error.js';
import { outcomeOfErrorBy, outcomeOfResultBy } from './outcome-of.js';

describe('how an outcome counts', () => {
  const byDefault = outcomeOfErrorBy({});

  it.each([
    new CircuitOpenError('inner', 'open', 5),
    new BulkheadFullError('inner', 1, 'full'),
    new RateLimitedError('inner', 5),
    new ClosedError('it'),
    new DOMException('given up', 'AbortError'),
  ])('ignores what was refused further in, closed or given up: %s', (error) => {
    expect(byDefault(error)).toBe('ignored');
  });

  it.each([
    new Error('away'),
    new OperationTimeoutError('inner', 5, 'attempt'),
    new DOMException('', 'TimeoutError'),
    'text',
    undefined,
  ])('counts everything else as a failure: %s', (error) => {
    expect(byDefault(error)).toBe('failure');
  });

  it('asks ignoreIf first, then recordIf', () => {
    const outcome = outcomeOfErrorBy({
      ignoreIf: (error) => error === 'both',
      recordIf: (error) => error !== 'neither',
    });
    expect(['both', 'neither', 'other'].map(outcome)).toEqual(['ignored', 'ignored', 'failure']);
  });

  it('takes a predicate that throws for one that said nothing', () => {
    const broken = () => {
      throw new Error('broken');
    };
    const outcome = outcomeOfErrorBy({ ignoreIf: broken, recordIf: broken });
    expect(outcome(new Error('away'))).toBe('failure');
    expect(outcome(new ClosedError('it'))).toBe('ignored');
    expect(outcomeOfResultBy({ recordResultIf: broken })?.('result')).toBe('success');
  });

  it('judges results only when it is told how', () => {
    expect(outcomeOfResultBy({})).toBeUndefined();
    const outcome = outcomeOfResultBy({ recordResultIf: (result) => result === 500 });
    expect([500, 200].map((result) => outcome?.(result))).toEqual(['failure', 'success']);
  });
});
