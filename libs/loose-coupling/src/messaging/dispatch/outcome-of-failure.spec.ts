import { DeadLetter } from '../errors/dead-letter.error.js';
import { Discard } from '../errors/discard.error.js';
import { InvalidMessageDataError } from '../errors/invalid-message-data.error.js';
import { NoHandlerError } from '../errors/no-handler.error.js';
import { RetryLater } from '../errors/retry-later.error.js';
import { outcomeOfFailure } from './outcome-of-failure.js';
import { DEFAULT_RETRY_POLICY } from './retry-policy.js';

const outcome = (error: unknown, attempt = 1) => outcomeOfFailure(error, attempt, DEFAULT_RETRY_POLICY, 'h', () => 0.5);

describe('the outcome of a failed attempt', () => {
  it('is another attempt with growing waits, and the dead-letter queue after the fifth', () => {
    const error = new Error('down');

    expect([1, 2, 3, 4].map((attempt) => outcome(error, attempt))).toEqual(
      [500, 1_000, 2_000, 4_000].map((delay) => ({ action: 'retry', delay, error })),
    );
    expect(outcome(error, 5)).toEqual({ action: 'deadLetter', error, handler: 'h' });
    expect(outcome(error, 6)).toMatchObject({ action: 'deadLetter' });
  });

  it.each([[new DeadLetter('no')], [new NoHandlerError('t', 'q', [])]])(
    'is the dead-letter queue at once for %p',
    (error) => {
      expect(outcome(error)).toEqual({ action: 'deadLetter', error, handler: 'h' });
    },
  );

  it('is another attempt when it was data that the handler sent which was refused', () => {
    expect(outcome(new InvalidMessageDataError('data', []))).toMatchObject({ action: 'retry' });
  });

  it('is what the handler says, also when another copy of the package says it', () => {
    const brand = { [Symbol.for('nestjs-loose-coupling:error')]: true };

    expect(outcome(new Discard())).toEqual({ action: 'acknowledge' });
    expect(outcome({ ...brand, code: 'LC_DISCARD' })).toEqual({ action: 'acknowledge' });
    expect(outcome(new RetryLater(7_000), 5)).toMatchObject({ action: 'retry', delay: 7_000 });
    expect(outcome({ ...brand, code: 'LC_RETRY_LATER', delay: Number.NaN })).toMatchObject({ delay: 0 });
  });

  it('is the dead-letter queue when a later attempt was asked for ten times more than there are attempts', () => {
    expect(outcome(new RetryLater(1), 14)).toMatchObject({ action: 'retry' });
    expect(outcome(new RetryLater(1), 15)).toMatchObject({ action: 'deadLetter' });
  });
});
